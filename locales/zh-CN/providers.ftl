# `portolan providers`，以及关于已关闭服务的说明。

cli-providers = 列出服务商，设置其地址
cli-providers-list = 列出已知的服务商
cli-providers-set = 把服务商指向自己的地址，或恢复内置地址
    .after = 该服务商的账号和密钥随之改变：此后发给它的一切都会送到新地址。
cli-option-endpoint = 自己的服务的地址，按其文档的写法
cli-option-endpoint-dialect = 它使用的接口；不给出时用该服务商的第一种接口
cli-option-login-at = 使用自己的客户端登录时的服务器地址
cli-option-allow-private = 允许 http:// 和内网地址
cli-option-reset = 恢复内置的地址

providers-column-id = 服务商
providers-column-name = 名称
providers-column-address = 地址
providers-column-accounts = 账号数
providers-column-note = 说明
providers-note-closed = 已于 { $day } 关闭
providers-note-own = 在 config.toml 中设置
providers-set = { $provider } 现在的地址是 { $address }。
providers-closed = 注意：{ $provider } 已于 { $day } 关闭，不再应答。如果有使用相同协议的服务，可以让它接替：portolan providers set { $id } --endpoint URL
