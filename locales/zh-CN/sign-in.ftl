# 登录服务商：浏览器最后显示的页面。

sign-in-page-taken = 已收到回应
    .text = 可以关闭此页面。登录是否完成，请在 Portolan 中查看。
sign-in-page-refused = 登录没有成功
    .text = 没有保存任何内容。可以关闭此页面；Portolan 会说明原因，并可在那里重新开始。

# “portolan login”和“portolan logout”。

sign-in-opened = 已打开浏览器。如果没有显示页面，请打开此地址：{ $address }
sign-in-open = 请在本机的浏览器中打开此地址：{ $address }
sign-in-open-anywhere = 请在任意浏览器中打开此地址：{ $address }
sign-in-code = 并在那里输入代码：{ $code }
sign-in-paste = 如果浏览器无法转回本机，请把它最后显示的地址或授权码粘贴到这里，然后按回车。
sign-in-waiting = 正在等待回应，最多 { $minutes } 分钟。按 Ctrl-C 放弃。
sign-in-done = 已登录 { $provider }，账号为 { $account }。
sign-in-out = 已退出并移除账号 { $account }。
sign-in-not-revoked = 注意：服务商没有收回登录授权：{ $reason }。授权在那边可能仍然有效，请到服务商的网页上撤销。
sign-in-not-revocable = 注意：服务商不支持从这里收回登录授权，授权在那边可能仍然有效，请到服务商的网页上撤销。

cli-login = 在自己的浏览器中登录服务商
    .after = 会打开系统浏览器，或 BROWSER 指定的浏览器。登录已过期的账号会重新登录。
cli-logout = 退出账号：让服务商收回登录授权，并移除账号和密钥
    .after = 服务商没有收回授权时，账号仍会被移除，命令以失败结束并说明情况。
cli-option-device = 用代码登录，可在任意设备的浏览器中输入
cli-option-no-browser = 只显示地址，不打开浏览器
cli-option-client-id = 在服务商处注册的客户端 ID，会保存到设置中
cli-option-client-secret-file = 存放该客户端密钥的文件（如果服务商需要）；其路径会保存到设置中
cli-option-issuer = OpenID Connect 签发者的地址，会保存到设置中
