# Signing in at a provider: the pages that the browser shows in the end.

sign-in-page-taken = The answer has arrived
    .text = You can close this page. Portolan shows whether the sign-in is complete.
sign-in-page-refused = This sign-in did not work
    .text = Nothing was stored. You can close this page; Portolan says why, and you can begin again there.
