//! The tables of FileIntel, a document-analysis service, as an example of limbec.

pub mod storage;
