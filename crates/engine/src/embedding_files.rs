//! Where the model that embeds lies, and whether it is the one that was published.
//!
//! There is one such model, so what is known of it is here and not in the catalogue. Vectors of two
//! models can't be compared, so another file than the published one is refused, however good it may be.

use std::path::{Path, PathBuf};

use crate::{EngineError, digest};

/// The folder with all-MiniLM-L6-v2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingFiles {
    folder: PathBuf,
}

/// The model's folder among other models' folders.
const FOLDER: &str = "minilm";

pub(crate) const WEIGHTS: &str = "model.safetensors";
pub(crate) const TOKENIZER: &str = "tokenizer.json";

/// File and SHA-256: `sentence-transformers/all-MiniLM-L6-v2` on Hugging Face.
const PUBLISHED: [(&str, &str); 2] = [
    (WEIGHTS, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    (TOKENIZER, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
];

impl EmbeddingFiles {
    /// Looks for the folder `minilm` with its files in folders of models, in their order. What the files
    /// hold is not looked at.
    #[must_use]
    pub fn find(model_dirs: impl IntoIterator<Item = PathBuf>) -> Option<Self> {
        let folders = model_dirs.into_iter().map(|dir| dir.join(FOLDER));
        folders.map(|folder| Self { folder }).find(|files| files.missing().is_none())
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Compares the files with the published ones. The first time reads 91 MB; after that, only files
    /// that have changed are read.
    pub fn verify(&self) -> Result<(), EngineError> {
        if let Some(path) = self.missing() {
            return Err(EngineError::ModelFileMissing { path });
        }
        PUBLISHED.iter().try_for_each(|(file, sha256)| digest::verify_once(&self.folder.join(file), sha256))
    }

    fn missing(&self) -> Option<PathBuf> {
        PUBLISHED.iter().map(|(file, _)| self.folder.join(file)).find(|path| !path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_has_every_file_is_found() {
        let base = std::env::temp_dir().join(format!("sextant-embedding-files-{}", std::process::id()));
        let dirs = ["empty", "half", "whole", "other"].map(|name| base.join(name));
        for (dir, files) in
            dirs.iter().zip([&[][..], &[TOKENIZER], &[TOKENIZER, WEIGHTS], &[WEIGHTS, TOKENIZER]])
        {
            std::fs::create_dir_all(dir.join(FOLDER)).expect("a temporary folder can be made");
            for file in files {
                std::fs::write(dir.join(FOLDER).join(file), "not the model").expect("it's writable");
            }
        }
        let found = EmbeddingFiles::find(dirs.clone()).expect("two folders have both files");
        assert_eq!(found.folder(), dirs[2].join(FOLDER));
        assert!(matches!(found.verify(), Err(EngineError::ModelFileInvalid { .. })));
        assert_eq!(EmbeddingFiles::find([dirs[0].clone(), dirs[1].clone()]), None);
        std::fs::remove_dir_all(&base).expect("it's ours");
    }
}
