# 具名实例：各有自己的端口、密钥和默认模型。

## 命令行

cli-instances = 查看、添加、更改、移除、启动和停止实例：各有自己的端口、密钥和默认模型
cli-instances-list = 列出所有实例及其状态
cli-instances-add = 添加一个实例并启动它
    .after = 不给 --port 时，使用其他实例之后的下一个端口；不给 --key 时，接受所有客户端密钥。
cli-instances-change = 更改一个实例
    .after = 没有给出的保持不变。
cli-instances-remove = 停止并移除一个实例
cli-instances-start = 启动一个实例，重启后依然启动
cli-instances-stop = 停止一个实例，重启后依然停止
cli-option-instance = 实例的名字
cli-option-instance-new-name = 新的名字
cli-option-instance-port = 它的端口；填 0 则自动选一个空闲端口
cli-option-instance-key = 它接受的客户端密钥的名字，可以多次给出
cli-option-instance-default = 它自己的默认模型，用于无人提供的 claude-* 名称
cli-option-all-keys = 重新接受所有客户端密钥
cli-option-no-default-model = 重新使用通用的默认模型

instances-column-name = 实例
instances-column-state = 状态
instances-column-address = 地址
instances-column-keys = 密钥
instances-column-default = 默认模型
instances-state-listening = 正在监听
instances-state-waiting = Portolan 运行时监听
instances-state-stopped = 已停止
instances-keys-all = 全部
instances-hint-add = 用“portolan instances add NAME”添加一个有自己端口的实例
instances-added = 已添加实例 { $instance }。
instances-changed = 已更改实例 { $instance }。
instances-removed = 已移除实例 { $instance }。
instances-started = 已启动实例 { $instance }。
instances-stopped = 已停止实例 { $instance }。
instances-waits = Portolan 运行时它就会监听。

## 窗口和托盘

instances-title = 实例
instances-more = 每个实例有自己的地址。在这里关掉的，重启后依然关闭；客户端在那里得不到回应。
instances-empty = 目前只有一个地址
instances-empty-more = 实例是另一个地址，有自己的端口、密钥和默认模型，例如一个给工作、一个给访客。每个都可以单独启动和停止。
instances-add = 添加实例
instances-first = 第一个地址
instances-listening = 正在监听
instances-off = 已停止
instances-failed = 无法监听
instances-waiting = 等待 Portolan 启动
instances-keys-every = 所有密钥
instances-keys-some = 密钥：{ $keys }
instances-copy = 复制 { $name } 的地址
instances-again = 重试
instances-edit = 编辑
instances-edit-name = 编辑 { $name }
instances-remove = 移除
instances-remove-name = 移除 { $name }
instances-remove-ask = 要移除实例 { $name } 吗？
instances-remove-more = 使用 { $address } 的程序将不再得到回应。密钥和账号不受影响。
instances-remove-yes = 移除
instances-switch = 已启动 { $name }
instances-new = 新的实例
instances-edit-title = 实例 { $name }
instances-keep = 保存
instances-cancel = 取消
instances-name = 名字
instances-name-more = 只能用小写字母、数字和单个连字符。
instances-port = 端口
instances-port-more = 1 到 65535；填 0 则自动选一个空闲端口。
instances-keys = 接受的密钥
instances-keys-more = 一个也不勾选：接受所有密钥。
instances-model = 默认模型
instances-model-more = 无人提供的 claude-* 名称转到这里。留空：使用通用的默认模型。
instances-model-none = 服务商/模型
