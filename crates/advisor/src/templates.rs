//! Templates of prompts and of fixed texts, read from files and filled in with minijinja.

use std::path::{Path, PathBuf};

use minijinja::Environment;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::pack::{PackError, read};

/// The templates of one folder.
#[derive(Debug, Clone)]
pub(crate) struct Templates {
    environment: Environment<'static>,
    dir: PathBuf,
}

impl Templates {
    /// Reads the files with these names, whose texts also enter `hash`.
    pub(crate) fn load(dir: &Path, names: &[&'static str], hash: &mut Sha256) -> Result<Self, PackError> {
        let mut environment = Environment::new();
        // A fact that a template names and the code doesn't give is a mistake, not an empty string.
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        for name in names {
            let path = dir.join(name);
            let text = read(&path)?;
            hash.update(text.as_bytes());
            environment
                .add_template_owned(*name, text)
                .map_err(|error| PackError::Invalid { path, detail: error.to_string() })?;
        }
        Ok(Self { environment, dir: dir.to_owned() })
    }

    /// A template with its values filled in, without the last line break.
    pub(crate) fn render(&self, template: &str, values: &impl Serialize) -> Result<String, PackError> {
        self.environment
            .get_template(template)
            .and_then(|template| template.render(values))
            .map(|text| text.trim_end().to_owned())
            .map_err(|error| PackError::Invalid {
                path: self.dir.join(template),
                detail: format!("{error:#}"),
            })
    }

    /// A fallback's sentences: one a line, each grounded by construction.
    pub(crate) fn sentences(
        &self,
        template: &str,
        values: &impl Serialize,
    ) -> Result<Vec<String>, PackError> {
        let text = self.render(template, values)?;
        Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }
}
