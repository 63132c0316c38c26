# 登录服务商：浏览器最后显示的页面。

sign-in-page-taken = 已收到回应
    .text = 可以关闭此页面。登录是否完成，请在 Portolan 中查看。
sign-in-page-refused = 登录没有成功
    .text = 没有保存任何内容。可以关闭此页面；Portolan 会说明原因，并可在那里重新开始。
