# Importing what other programs left on this machine: `portolan import`, and the window's page.

cli-import = Show what other programs left here that can be imported
    .after = Files of other programs are read and never changed. Nothing is imported without --yes.
cli-option-source = Whose: iflow (the command line) or iflow2api
cli-option-yes = Import what is shown

import-none = Nothing was found that can be imported.
    .hint = ~/.iflow and ~/.iflow2api of whoever runs Portolan are looked at
import-of = { $source ->
    [iflow] Of iFlow's command line, in ~/.iflow:
    [iflow2api] Of iflow2api, in ~/.iflow2api:
   *[other] Of { $source }:
}
import-what-address = address of the provider
import-what-key = provider's key
import-what-model = default model
import-what-client-key = key of your programs
import-what-port = port
import-what-language = language
import-what-theme = colours
import-what-proxy = proxy to providers
import-new = new
import-other = in place of what is set
import-same = here already
import-leaves = { $field } is left: { $why }
import-why-sign-in = a sign-in is renewed only with the client secret of the program that made it
import-why-open = it would let the whole network in; Portolan listens on this machine
import-why-imitation = it makes requests look like another program's, which Portolan does not
import-why-sealed = it is encrypted, and the key in ~/.iflow2api/.key is missing or does not fit
import-why-unusable = it cannot be used as it is
import-why-by-hand = it is set by hand here, for a key or a route
import-file-fault = note: { $file } is passed over: { $reason }
import-how = “portolan import { $source } --yes” imports this. Nothing has been changed.
import-taken = Imported: { $what }.
import-account = The key is sealed in the vault, as that of the account { $account }.
import-nothing-new = All of it is here already.

## The window

importing-name = Import
importing-lead = Keys and settings that other programs left on this machine. Their files are read and never changed; keys go to the vault.
importing-none = Nothing to import
importing-none-what = No files of iFlow's command line (~/.iflow) or of iflow2api (~/.iflow2api) were found here.
importing-again = Look again
importing-looking = Looking…
importing-of-iflow = iFlow's command line
importing-of-iflow2api = iflow2api
importing-files = Read from { $files }
importing-take = Import
importing-taking = Importing…
importing-leaves = What is left where it is
importing-fault = { $file } cannot be used: { $reason }
importing-all-here = All of it is here already.
importing-done = Imported: { $what }.
importing-done-account = The key is sealed in the vault, as that of the account { $account }.
