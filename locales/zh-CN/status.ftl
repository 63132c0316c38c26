# 网关状态，供 `portolan status` 和 `portolan serve` 使用。

status-running = Portolan 正在运行。
status-admin-alone = Portolan 目前只提供管理页面：它已在那里被停止，或正等待所有者设置密码。
status-answers = { $address } 有应答。
status-stopped = Portolan 没有运行。
    .hint = 用“portolan serve”启动。
status-stopping = Portolan 正在停止。{ $busy ->
    [0] 进行中的请求都已结束。
   *[other] 还有 { $busy } 个请求没有答完。
}
status-address = 地址
status-instance = 地址（{ $instance }）
status-not-listening = { $reason }
status-version = 版本
status-since = 启动时间
status-settings = 配置
status-vault = 保险库
status-vault-ready = 就绪
status-vault-older = 是较早的副本，只读不写
status-vault-damaged = 已损坏，仍能解开的部分照常使用
status-vault-locked = 已锁定：{ $reason }
status-vault-unavailable = 无法保存密钥：{ $reason }
status-proxy = 代理
status-proxy-system = { $address }（跟随系统）
status-proxy-environment = { $address }（来自环境变量）
status-proxy-manual = { $address }（来自设置）
status-proxy-script = 无：系统指定的是脚本（PAC），不会执行它
status-accounts = 账号
status-keys = 密钥
status-requests = 请求
status-requests-text = 已应答 { $completed }，失败 { $failed }，中途断开 { $truncated }，客户端取消 { $cancelled }，进行中 { $busy }
status-attention = 需要处理
status-settings-fault = { $reason }；继续使用之前读到的配置
status-warning = { $file }:{ $line }：{ $key }：{ $message }
status-warning-whole = { $file }：{ $message }
status-account = 账号 { $account }：{ $state }
status-offered = { $name } 正在 { $address } 运行，用“portolan accounts add { $provider }”添加。
status-refused = { $who } 被拒绝（{ $count } 次），用“portolan keys create”给它创建密钥。
status-refused-page = 网页 { $who } 被拒绝（{ $count } 次）。如果信任它，可以把它加进 config.toml 的 allowed_origins。
status-refused-unnamed = 某个没有报上名字的程序

## serve

serve-first-key = 已创建第一个客户端密钥，程序连接 Portolan 时使用，只显示这一次：
serve-first-key-beside = PORTOLAN_CLIENT_KEY 里的客户端密钥同样有效，任用其一即可。
serve-unclaimed = 这个 Portolan 还没有所有者，因此不应答任何人。请在 { $minutes } 分钟内用浏览器打开下面的链接并设置密码；如果要从别的地址访问，请把开头部分换成你的地址：
serve-unclaimed-later = 之后可以在 Portolan 运行的地方用“portolan admin bootstrap”再取一个链接。
serve-stopping = 正在停止：等待 { $busy } 个请求完成
    .hint = 再发一次信号则立即停止
serve-log-filter = 看不懂 PORTOLAN_LOG（{ $reason }），日志级别按 info 处理
version-commit = 提交 { $commit }
