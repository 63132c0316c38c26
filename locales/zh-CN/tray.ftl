# 托盘的菜单和提示。

tray-opening = 正在打开
tray-running = 运行中：{ $address }
tray-stopped = 已停止
tray-cannot = 无法服务
tray-elsewhere = 正在另一个程序中运行：{ $address }
tray-elsewhere-hint = 由“portolan serve”占用；结束它之后才能在这里启动和停止
tray-start = 启动
tray-stop = 停止
tray-other-port = 改用端口 { $port }
tray-port-forbidden = Windows 会保留一些端口（错误 10013），其他系统保留 1024 以下的端口
tray-instances = 实例
tray-copy-address = 复制地址
tray-copy-key = 复制密钥
tray-sign-in = { $account } 需要重新登录
tray-open = 打开 Portolan
tray-autostart = 登录时启动
tray-check-updates = 检查更新
tray-quit = 退出
