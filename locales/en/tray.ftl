# The tray's menu and tooltip.

tray-opening = Opening
tray-running = Running on { $address }
tray-stopped = Stopped
tray-cannot = Cannot serve
tray-elsewhere = Running in another program on { $address }
tray-elsewhere-hint = “portolan serve” has it; end that to start and stop it here
tray-start = Start
tray-stop = Stop
tray-other-port = Use port { $port } instead
tray-port-forbidden = Windows keeps some ports for itself (error 10013), other systems those below 1024
tray-instances = Instances
tray-copy-address = Copy address
tray-copy-key = Copy key
tray-sign-in = { $account } wants to be signed in to again
tray-open = Open Portolan
tray-autostart = Launch at login
tray-check-updates = Check for updates
tray-quit = Quit
