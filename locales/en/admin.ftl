# The web admin: its sign-in pages, its command, its failures.

cli-admin = Set up the web admin
cli-admin-bootstrap = Print a link that sets the web admin's password, once
gate-link-told = Open this link in a browser within { $minutes } minutes; it works once.
gate-link-idle = Nobody listens there now: start Portolan first (“portolan serve”).

error-admin-signed-out = do this: you are signed out
    .hint = sign in again
error-admin-no-password = sign in: no password has been set yet
    .hint = “portolan admin bootstrap” prints the link that sets it
error-admin-password-wrong = use this password: it is not the right one
    .hint = “portolan admin bootstrap” prints a link that sets another one
error-admin-password-length = use this password: it must have { $least } to { $most } characters
    .hint = a few unrelated words make a good one
error-admin-password-weak = use this password: it is easy to guess
    .hint = a few unrelated words make a good one
error-admin-too-many-tries = try once more: there were too many tries, wait { $seconds } s
    .hint = “portolan admin bootstrap” prints a link that sets another password
error-admin-confirm = do this yet: it needs the password once more
    .hint = give the password again
error-admin-link-invalid = use this link: it was used, is too old, or is not whole
    .hint = “portolan admin bootstrap” prints a new one
error-admin-foreign-request = take this request: it does not come from the web admin's own page
    .hint = load the page again
error-admin-not-here = call { $method } over the web: it is for the console of this machine
    .hint = “portolan admin bootstrap” does it there
error-admin-file-failed = use { $file }: { $reason }
    .hint = check that the file is yours to read and write
