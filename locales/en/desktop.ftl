# What the desktop application says besides its tray and window.

desktop-no-display = There is no display for the window and the tray: start “portolan serve” instead.
notice-sign-in = { $account } wants to be signed in to again
    .hint = Requests go to your other accounts until then.
notice-failover = { $upstream } stepped in
    .hint = The first choice did not answer. Activity tells why.
notice-update = Portolan { $version } is there
    .hint = Settings installs it
notice-newest = There is no newer version
    .hint = This is the newest one
notice-no-window = The window is gone
    .hint = It could not be opened, or ended by itself. The gateway goes on.
desktop-window-alone = This program shows Portolan’s window when its tray asks for it: start “portolan-desktop” instead.
