# 桌面程序在托盘和窗口之外要说的话。

desktop-no-display = 没有可用的显示器来显示窗口和托盘：请改用“portolan serve”。
notice-sign-in = { $account } 需要重新登录
    .hint = 在此之前，请求会发给你的其他账号。
notice-failover = 已由 { $upstream } 接替
    .hint = 首选没有应答。“活动”页里有原因。
notice-update = Portolan { $version } 可以安装了
    .hint = 在“设置”里安装
notice-newest = 没有更新的版本
    .hint = 当前已是最新版本
notice-no-window = 窗口不见了
    .hint = 窗口无法打开，或意外关闭。网关仍在运行。
desktop-window-alone = 此程序在托盘需要时显示 Portolan 的窗口：请改为启动“portolan-desktop”。
