# Signing in at a provider: the pages that the browser shows in the end.

sign-in-page-taken = The answer has arrived
    .text = You can close this page. Portolan shows whether the sign-in is complete.
sign-in-page-refused = This sign-in did not work
    .text = Nothing was stored. You can close this page; Portolan says why, and you can begin again there.

# `portolan login` and `portolan logout`.

sign-in-opened = The browser is open. If it shows nothing, open this address: { $address }
sign-in-open = Open this address in a browser on this machine: { $address }
sign-in-open-anywhere = Open this address in any browser: { $address }
sign-in-code = Enter this code there: { $code }
sign-in-paste = If the browser cannot lead back to this machine, paste the address that it shows in the end, or the code, here and press Enter.
sign-in-waiting = Waiting for the answer, at most { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    }. Ctrl-C gives up.
sign-in-done = Signed in at { $provider } as the account { $account }.
sign-in-out = Signed the account { $account } out, and removed it.
sign-in-not-revoked = note: its provider did not take the sign-in back: { $reason }. It may stay good there: end it on the provider's own page.
sign-in-not-revocable = note: its provider takes no sign-in back from here, so it may stay good there: end it on the provider's own page.

cli-login = Sign in at a provider in your own browser
    .after = Opens the system's browser, or the one that BROWSER names. An account whose sign-in has run out is signed in anew.
cli-logout = Sign an account out: take its sign-in back at the provider, and remove it with its key
    .after = Where the provider does not take it back, the account is removed all the same, and the command fails and says so.
cli-option-device = Sign in with a code that is typed in a browser anywhere
cli-option-no-browser = Show the address in place of opening a browser
cli-option-client-id = The client id that you registered at the provider; it is kept in the settings
cli-option-client-secret-file = File with the secret of that client, where the provider wants one; its path is kept in the settings
cli-option-issuer = Address of an OpenID Connect issuer; it is kept in the settings
