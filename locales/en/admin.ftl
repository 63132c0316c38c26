# The web admin: its sign-in pages, its command, its failures.

cli-admin = Set up the web admin
cli-admin-bootstrap = Print a link that sets the web admin's password, once
gate-link-told = Open this link in a browser within { $minutes } minutes; it works once.
gate-link-idle = Nobody listens there now: start Portolan first (“portolan serve”).

gate-place = Web admin
gate-sign-in = Sign in
gate-sign-in-do = Sign in
gate-password = Password
gate-show = Show
gate-hide = Hide
gate-forgotten = Forgot the password?
gate-forgotten-more = Run this where Portolan runs and open the link that it prints:
gate-wait = { $seconds ->
    [one] Wait 1 second
   *[other] Wait { $seconds } seconds
}
gate-first = Choose a password
gate-first-more = It guards this page, from which everything can be changed. The link that led you here works this once.
gate-first-do = Set the password
gate-new-password = New password
gate-new-password-more = 12 characters or more. A few unrelated words make a good one.
gate-back = Back
gate-none = No password has been set
gate-none-more = Nobody can sign in here yet. Run this where Portolan runs, and open the link that it prints:
gate-copy-command = Copy the command
gate-unreachable = Portolan does not answer
gate-reload = Try again
gate-ask = Your password, please
gate-ask-more = This change could open Portolan to others, so it needs your password once more. It is then not asked for again for five minutes.
gate-ask-do = Go on
gate-cancel = Cancel
gate-session = Sign out
gate-session-title = Web admin
gate-session-more = You are signed in in this browser.
gate-sign-out = Sign out
gate-sign-out-everywhere = Sign out everywhere
gate-change = Change the password
gate-current = Password until now
gate-change-do = Change it

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
error-admin-too-many-tries = try again: there were too many tries; wait { $seconds } s
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
