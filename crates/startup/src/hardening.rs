//! What the process asks of its operating system: no core dumps, nobody reading its memory, enough sockets.

/// Keeps the process's memory, and with it the secrets in it, out of core dumps and away from
/// debuggers of the same user, and raises the number of open files to what is allowed.
///
/// Each of these may be refused by a sandbox; the refusals are returned, for the log.
#[must_use]
pub fn harden() -> Vec<String> {
    #[cfg(unix)]
    {
        unix::apply()
    }
    #[cfg(not(unix))]
    {
        Vec::new()
    }
}

#[cfg(unix)]
mod unix {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    pub(super) fn apply() -> Vec<String> {
        let mut refused = Vec::new();
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        if let Err(error) = setrlimit(Resource::Core, none) {
            refused.push(format!("switch off core dumps: {error}"));
        }
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Err(error) =
            rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        {
            refused.push(format!("close the process's memory to others: {error}"));
        }
        let mut files = getrlimit(Resource::Nofile);
        if files.current != files.maximum {
            files.current = files.maximum;
            if let Err(error) = setrlimit(Resource::Nofile, files) {
                refused.push(format!("raise the number of open files: {error}"));
            }
        }
        refused
    }
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::process::{Resource, getrlimit};

    use super::*;

    #[test]
    fn no_memory_is_written_down_and_all_files_that_are_allowed_may_be_open() {
        assert!(harden().is_empty());
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        let files = getrlimit(Resource::Nofile);
        assert_eq!(files.current, files.maximum);
        #[cfg(target_os = "linux")]
        assert_eq!(
            rustix::process::dumpable_behavior(),
            Ok(rustix::process::DumpableBehavior::NotDumpable)
        );
    }
}
