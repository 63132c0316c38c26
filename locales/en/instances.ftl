# Named instances: listeners of their own port, keys and default model.

## The command line

cli-instances = List, add, change, remove, start and stop instances: further addresses with keys and a default model of their own
cli-instances-list = List the instances and how they stand
cli-instances-add = Add an instance and start it
    .after = Without --port it takes the next port after those of the others; without --key it takes every client key.
cli-instances-change = Change an instance
    .after = What is not given stays as it is.
cli-instances-remove = Stop an instance and forget it
cli-instances-start = Start an instance, now and after every restart
cli-instances-stop = Stop an instance, now and after every restart
cli-option-instance = The instance's name
cli-option-instance-new-name = Its new name
cli-option-instance-port = Its port; 0 takes a free one
cli-option-instance-key = Name of a client key that it takes; may be given more than once
cli-option-instance-default = Its own default model, for claude-* names that nobody offers
cli-option-all-keys = Take every client key again
cli-option-no-default-model = Take the general default model again

instances-column-name = INSTANCE
instances-column-state = STATE
instances-column-address = ADDRESS
instances-column-keys = KEYS
instances-column-default = DEFAULT MODEL
instances-state-listening = listening
instances-state-waiting = listens when Portolan runs
instances-state-stopped = stopped
instances-keys-all = all
instances-hint-add = “portolan instances add NAME” adds one with a port of its own
instances-added = Added the instance { $instance }.
instances-changed = Changed the instance { $instance }.
instances-removed = Removed the instance { $instance }.
instances-started = Started the instance { $instance }.
instances-stopped = Stopped the instance { $instance }.
instances-waits = It listens when Portolan runs.

## The window and the tray

instances-title = Instances
instances-more = Each has an address of its own. What is switched off here stays off after a restart; clients there get no answer.
instances-empty = One address so far
instances-empty-more = An instance is a further address with its own port, keys and default model, such as one for work and one for a guest. Each is started and stopped alone.
instances-add = Add an instance
instances-first = The first address
instances-listening = Listening
instances-off = Stopped
instances-failed = Cannot listen
instances-waiting = Waits for Portolan
instances-keys-every = every key
instances-keys-some = keys: { $keys }
instances-copy = Copy the address of { $name }
instances-again = Try again
instances-edit = Edit
instances-edit-name = Edit { $name }
instances-remove = Remove
instances-remove-name = Remove { $name }
instances-remove-ask = Remove the instance { $name }?
instances-remove-more = Programs that use { $address } get no answer any more. Keys and accounts stay.
instances-remove-yes = Remove it
instances-switch = { $name } is started
instances-new = A new instance
instances-edit-title = The instance { $name }
instances-keep = Keep
instances-cancel = Cancel
instances-name = Name
instances-name-more = Lower-case letters, digits and single hyphens.
instances-port = Port
instances-port-more = From 1 to 65535; 0 takes a free one.
instances-keys = Keys that it takes
instances-keys-more = None ticked: every key.
instances-model = Default model
instances-model-more = Where claude-* names go that nobody offers. Empty: the general default model.
instances-model-none = provider/model
