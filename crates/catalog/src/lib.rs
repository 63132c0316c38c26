//! Providers and models as data: manifests read, checked and offered as typed values.
