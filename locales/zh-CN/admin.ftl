# 网页管理：登录页面、命令、失败。

cli-admin = 设置网页管理
cli-admin-bootstrap = 显示一个链接，用它设置网页管理的密码，只能用一次
gate-link-told = 请在 { $minutes } 分钟内用浏览器打开这个链接，只能用一次。
gate-link-idle = 现在那里没有在监听，请先启动 Portolan（“portolan serve”）。

error-admin-signed-out = 你已退出登录
    .hint = 请重新登录
error-admin-no-password = 无法登录：还没有设置密码
    .hint = 用“portolan admin bootstrap”获取设置密码的链接
error-admin-password-wrong = 密码不对
    .hint = 用“portolan admin bootstrap”获取链接，另设密码
error-admin-password-length = 密码须为 { $least } 到 { $most } 个字符
    .hint = 用几个互不相关的词就很好
error-admin-password-weak = 这个密码太容易猜到
    .hint = 用几个互不相关的词就很好
error-admin-too-many-tries = 尝试次数太多，请等 { $seconds } 秒
    .hint = 用“portolan admin bootstrap”获取链接，另设密码
error-admin-confirm = 这项操作需要再输入一次密码
    .hint = 请再输入一次密码
error-admin-link-invalid = 这个链接已用过、已过期，或者不完整
    .hint = 用“portolan admin bootstrap”获取新链接
error-admin-foreign-request = 拒绝了请求：它不是来自网页管理自己的页面
    .hint = 请重新加载页面
error-admin-not-here = 不能通过网页调用 { $method }：只能在本机的命令行使用
    .hint = 请在命令行运行“portolan admin bootstrap”
error-admin-file-failed = 无法使用 { $file }：{ $reason }
    .hint = 检查你是否可以读写该文件
