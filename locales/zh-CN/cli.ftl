# 命令行：帮助、用法错误、各命令的输出。

cli-about = 一个本机地址，接入你能用的所有 AI 模型。
cli-after-help = 没有服务在运行时，命令直接读写本地文件。

## 帮助

cli-usage = 用法：{ $usage }
cli-heading-commands = 命令：
cli-heading-arguments = 参数：
cli-heading-options = 选项：
cli-placeholder-options = [选项]
cli-placeholder-command = 命令

cli-serve = 启动服务，直到被停止
cli-status = 查看是否在运行、监听在哪里、有什么要处理
cli-models = 列出客户端可用的模型
cli-accounts = 列出、添加、移除、测试服务商账号，更换密钥
cli-accounts-list = 列出账号
cli-accounts-add = 添加账号
    .after = 不带 --key-env 和 --key-file 时，从标准输入读取服务商密钥，加密存入保险库。
cli-accounts-set-key = 更换账号的密钥
    .after = 从标准输入读取服务商的新密钥，加密存入保险库。账号的其他内容保持不变。
cli-accounts-remove = 移除账号，并从保险库删除它的密钥
cli-accounts-test = 用账号向服务商查询模型
cli-keys = 列出、创建、限制、吊销、查看客户端密钥
cli-keys-list = 列出密钥，不显示内容
cli-keys-create = 创建密钥，内容只显示这一次
cli-keys-limit = 更改密钥的用量限制
    .after = 未给出的限制保持不变；0 表示取消该限制。每天从 UTC 零点算起。
cli-option-requests-per-minute = 每分钟请求数
cli-option-tokens-per-minute = 每分钟 token 数，输入与输出合计
cli-option-concurrency = 同时进行的请求数
cli-option-requests-per-day = 每天请求数
cli-option-tokens-per-day = 每天 token 数，输入与输出合计
cli-option-provider-key = 是否允许请求在 x-openai-key 中自带服务商密钥
cli-keys-revoke = 吊销密钥
cli-keys-show = 再次显示第一个密钥（保险库中有保存时）
cli-routes = 列出路由，解释选择
cli-routes-list = 列出路由
cli-routes-explain = 说明对某个模型的请求会发给谁、为什么
cli-version = 显示版本

cli-option-home = 存放全部数据的目录
cli-option-config = 配置文件
cli-option-json = 以 JSON 输出，供脚本使用
cli-option-help = 显示帮助
cli-option-version = 显示版本
cli-option-host = 监听地址：localhost 或 IP 地址
cli-option-port = 监听端口
cli-option-claim = 没有管理密码时，在所有者设置密码之前不应答任何人
cli-option-check = 只检查是否应答，供健康检查使用；没有应答即失败
cli-option-provider = 服务商的 id，例如 openai
cli-option-account-name = 给账号起的名字
cli-option-key-env = 存有服务商密钥的环境变量
cli-option-key-file = 存有服务商密钥的文件
cli-option-account = 账号的 id
cli-option-key-name = 密钥的名字
cli-option-key-value = 自己指定密钥内容，不随机生成；填 - 则从标准输入读取
cli-option-model = 模型名，按客户端发送的写法
cli-option-dialect = 客户端使用的接口：openai-chat 或 anthropic-messages

## 错误

cli-error = 错误：{ $message }
cli-hint = 提示：{ $hint }
list-separator = 、
cli-warning = 注意：{ $message }

usage-unknown-command = 没有“{ $given }”这个命令
usage-unknown-option = 这里没有“{ $given }”这个选项
usage-missing-command = “{ $program }”后面缺少命令
usage-missing-argument = 缺少 { $argument }
usage-missing-value = { $argument } 后面要有值
usage-empty = { $argument } 不能为空
usage-wrong-value = { $argument } 的值不能是“{ $given }”
usage-unexpected = 这里多了“{ $given }”
usage-key-as-argument = 密钥不能写在命令里，否则会留在命令行历史中
usage-twice = { $argument } 只能写一次
usage-conflict = { $argument } 和 { $other } 不能同时使用
usage-not-text = 有参数不是 UTF-8 文本
usage-other = 看不懂这条命令
hint-keyring-locked = 解锁系统密钥环（登录桌面时通常会自动解锁），然后重试
hint-keyring-other = 是不是换了用户的密钥环，或者密钥环被清空了？只有创建保险库时的密钥才能打开它
hint-vault-unreadable = 用备份恢复 vault.bin，或者把它移走：之后会新建一个保险库，原来存在里面的密钥要重新填写
hint-vault-newer = 这个保险库是更新版本的 Portolan 写入的，请换用新版本
hint-vault-busy = 没有任何改动；请稍后重试
hint-issuer-none = 去掉 --issuer
hint-issuer-missing = 用 --issuer 给出它的 issuer 地址
usage-hint-similar = 你是不是想输入“{ $similar }”？
usage-hint-port = 端口是 0 到 65535 的数字，0 表示任选一个空闲端口
usage-hint-host = 可以是 localhost、127.0.0.1、::1，或本机的其他 IP 地址
usage-hint-commands = 可用的命令：{ $commands }
usage-hint-key-input = 去掉它再运行“{ $program } …”，按提示输入密钥，或用管道传入
usage-hint-help = 完整用法见“{ $program } --help”

## 账号

accounts-none = 还没有账号。
    .hint = 用“portolan accounts add PROVIDER”添加。在此之前，可以先试试模型“demo”。
accounts-column-id = 账号
accounts-column-provider = 服务商
accounts-column-key = 密钥
accounts-column-state = 状态
accounts-source-environment = 环境变量 { $variable }
accounts-source-file = 文件 { $path }
accounts-source-vault = 保险库
accounts-source-sign-in = 登录
accounts-source-sign-in-until = 登录，有效至 { $moment }
accounts-source-none = 不需要
accounts-state-ready = 就绪
accounts-state-cooling = 暂歇 { $seconds } 秒
accounts-state-renewal-fails = 自 { $since } 起登录续期失败：{ $reason }
accounts-state-rejected = 密钥被拒绝
accounts-state-no-key = 没有密钥：{ $reason }
accounts-state-signed-out = 已退出登录：{ $reason }
accounts-state-unknown-provider = 未知服务商
accounts-added = 已添加账号 { $account }（{ $provider }）。
accounts-added-no-key = 它还没有密钥：{ $reason }。
accounts-key-set = 已更换账号 { $account } 的密钥。
accounts-removed = 已移除账号 { $account }。
accounts-tested = { $account } 可用，列出了 { $models } 个模型。
accounts-key-prompt = { $provider } 的密钥（不回显）：
accounts-new-key-prompt = 账号 { $account } 的新密钥（不回显）：

## 密钥

keys-none = 还没有密钥。
    .hint = 用“portolan keys create --name laptop”创建。
keys-column-name = 密钥
keys-column-origin = 来源
keys-column-created = 创建时间
keys-column-models = 模型
keys-column-limit = 限制
keys-limit-requests-minute = { $count } 次请求/分钟
keys-limit-tokens-minute = { $count } token/分钟
keys-limit-concurrency = 同时 { $count } 个
keys-limit-requests-day = { $count } 次请求/天
keys-limit-tokens-day = { $count } token/天
keys-limit-provider-key = 可自带服务商密钥
keys-origin-created = 本机创建
keys-origin-environment = 环境变量
keys-origin-missing = 仅在配置中，尚未创建
keys-created = 已创建密钥 { $name }，内容不会再次显示：
keys-revoked = 已吊销密钥 { $name }。

## 模型与路由

models-none = 还没有模型。
    .hint = 用“portolan accounts list”看看账号的状态。
models-column-model = 模型
models-column-provider = 服务商
models-column-account = 账号
routes-none = 没有路由。模型名直接对应到有该模型的账号。
routes-column-match = 匹配
routes-column-targets = 目标
routes-column-strategy = 策略
routes-found-route = “{ $model }”由路由匹配。
routes-found-model = “{ $model }”是某个账号的模型。
routes-found-provider = “{ $model }”指明了服务商。
routes-found-default = “{ $model }”走默认模型。
routes-found-demo = “{ $model }”由 Portolan 自己应答。
routes-found-nothing = 没有账号提供模型“{ $model }”
routes-found-unserved = 目前没有账号能处理模型“{ $model }”
routes-hint-nearest = 相近的名字：{ $names }
routes-hint-default = 在 config.toml 里设置 default_model = "PROVIDER/MODEL"，就能接住这类名字
routes-hint-default-lost = 这类名字由 config.toml 里的 default_model = "{ $default }" 接住，但没有账号提供它
routes-hint-models = 用“portolan models”查看可用的模型
