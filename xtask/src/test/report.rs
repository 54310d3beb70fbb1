//! Reading what test runners print, and the table at the end of a run.
//!
//! Nothing here runs anything. A suite without counts of its own (a check, a build) counts as one
//! passed or one failed, so that no failure is missing from the sum.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) ignored: u32,
}

impl Counts {
    /// Of a suite that passes or fails as a whole.
    pub(super) fn of(success: bool) -> Self {
        Self { passed: u32::from(success), failed: u32::from(!success), ignored: 0 }
    }
}

#[derive(Debug)]
pub(super) struct Suite {
    name: String,
    counts: Counts,
    took: Duration,
}

impl Suite {
    /// A runner that ended badly has a failure even where it counted none.
    pub(super) fn new(name: &str, mut counts: Counts, success: bool, took: Duration) -> Self {
        if !success && counts.failed == 0 {
            counts.failed = 1;
        }
        Self { name: name.to_owned(), counts, took }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.counts.failed == 0
    }
}

/// The suites of one `cargo xtask test`.
#[derive(Default)]
pub(super) struct Report {
    suites: Vec<Suite>,
}

impl Report {
    /// Runs a check that passes or fails as a whole. An error is its failure, not the end of the run.
    pub(super) fn check(&mut self, name: &str, check: impl FnOnce() -> Result<bool>) {
        println!("\n== {name}");
        let started = Instant::now();
        let success = check().unwrap_or_else(|error| {
            println!("{error:#}");
            false
        });
        println!("{name}: {}", if success { "ok" } else { "FAILED" });
        self.add(Suite::new(name, Counts::of(success), success, started.elapsed()));
    }

    pub(super) fn add(&mut self, suite: Suite) {
        self.suites.push(suite);
    }

    /// Prints the table and the sums.
    pub(super) fn conclude(self) -> ExitCode {
        let (table, sum) = self.table();
        println!("\n{table}\n{} passed, {} failed", sum.passed, sum.failed);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) -> (String, Counts) {
        let width = self.suites.iter().map(|suite| suite.name.len()).max().unwrap_or(0).max(5);
        let mut lines = vec![format!("{:<width$}  passed  failed  ignored   seconds", "suite")];
        let mut sum = Counts::default();
        for Suite { name, counts, took } in &self.suites {
            let Counts { passed, failed, ignored } = *counts;
            sum.passed += passed;
            sum.failed += failed;
            sum.ignored += ignored;
            let seconds = took.as_secs_f64();
            let mark = if failed == 0 { "" } else { "  FAILED" };
            lines.push(format!(
                "{name:<width$}  {passed:>6}  {failed:>6}  {ignored:>7}  {seconds:>8.1}{mark}"
            ));
        }
        (lines.join("\n") + "\n", sum)
    }
}

/// Splits the output of `cargo test` into one suite for each test program.
#[derive(Default)]
pub(super) struct TestRun {
    current: Option<String>,
    /// By name; doc tests of one crate come in several lots.
    suites: BTreeMap<String, (Counts, Duration)>,
    order: Vec<String>,
}

impl TestRun {
    pub(super) fn read(&mut self, line: &str) {
        if let Some(name) = program_of(line) {
            self.abandon();
            self.current = Some(name);
        } else if let Some((counts, took)) = result_of(line) {
            let name = self.current.clone().unwrap_or_else(|| "rust tests".to_owned());
            self.record(name, counts, took);
            // Doc tests come in several lots under one heading.
            self.current = self.current.take().filter(|name| name.ends_with(" (doc)"));
        }
    }

    /// Whether a test program was started.
    pub(super) fn has_begun(&self) -> bool {
        self.current.is_some() || !self.order.is_empty()
    }

    /// The suites that have any test, in the order in which they ran.
    pub(super) fn finish(mut self) -> Vec<Suite> {
        self.abandon();
        self.order
            .iter()
            .filter_map(|name| {
                let (counts, took) = self.suites[name];
                let is_empty = counts == Counts::default();
                (!is_empty).then(|| Suite::new(name, counts, true, took))
            })
            .collect()
    }

    /// A test program that began and printed no result was killed or aborted.
    fn abandon(&mut self) {
        if let Some(name) = self.current.take().filter(|name| !name.ends_with(" (doc)")) {
            self.record(name, Counts { failed: 1, ..Counts::default() }, Duration::ZERO);
        }
    }

    fn record(&mut self, name: String, counts: Counts, took: Duration) {
        if !self.suites.contains_key(&name) {
            self.order.push(name.clone());
        }
        let (sum, time) = self.suites.entry(name).or_default();
        sum.passed += counts.passed;
        sum.failed += counts.failed;
        sum.ignored += counts.ignored;
        *time += took;
    }
}

/// How many warnings Cargo says that a target of ours had. Third-party crates never have any.
pub(super) fn warnings_in(line: &str) -> u32 {
    let mut words = line.split_whitespace().skip_while(|word| *word != "generated").skip(1);
    match (line.starts_with("warning: `"), words.next().map(str::parse), words.next()) {
        (true, Some(Ok(count)), Some("warning" | "warnings")) => count,
        _ => 0,
    }
}

/// `      Tests  2 failed | 10 passed | 1 skipped (13)`
pub(super) fn vitest_counts(line: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix("Tests ")?;
    let mut counts = Counts::default();
    let mut words = rest.split_whitespace();
    let mut found = false;
    while let Some(word) = words.next() {
        let Ok(count) = word.parse::<u32>() else {
            continue;
        };
        match words.next() {
            Some("passed") => counts.passed = count,
            Some("failed") => counts.failed = count,
            Some("skipped" | "todo") => counts.ignored += count,
            _ => continue,
        }
        found = true;
    }
    found.then_some(counts)
}

/// `     Running tests/window.rs (/…/deps/window-3fa9…)` or `   Doc-tests sextant_domain`.
fn program_of(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(package) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{package} (doc)"));
    }
    let path = line.strip_prefix("Running ")?.split_once('(')?.1.trim_end_matches(')');
    let file = path.rsplit(['/', '\\']).next()?.trim_end_matches(".exe");
    let (name, hash) = file.rsplit_once('-')?;
    hash.chars().all(|digit| digit.is_ascii_hexdigit()).then(|| name.to_owned())
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s`
fn result_of(line: &str) -> Option<(Counts, Duration)> {
    let rest = line.strip_prefix("test result: ")?;
    let number_before = |word: &str| -> Option<u32> {
        rest.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
    };
    let counts = Counts {
        passed: number_before("passed")?,
        failed: number_before("failed")?,
        ignored: number_before("ignored")?,
    };
    let seconds = rest
        .rsplit_once("finished in ")
        .and_then(|(_, time)| time.trim().trim_end_matches('s').parse().ok())
        .unwrap_or(0.0);
    Some((counts, Duration::from_secs_f64(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u32, failed: u32, ignored: u32) -> Counts {
        Counts { passed, failed, ignored }
    }

    fn suites_of(output: &str) -> Vec<(String, Counts)> {
        let mut run = TestRun::default();
        output.lines().for_each(|line| run.read(line));
        run.finish().into_iter().map(|suite| (suite.name, suite.counts)).collect()
    }

    #[test]
    fn each_test_program_is_a_suite_and_empty_ones_are_left_out() {
        let output = "\
     Running unittests src/lib.rs (/cache/target/debug/deps/sextant_domain-0a1b2c3d4e5f6071)
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s
     Running unittests src/main.rs (/cache/target/debug/deps/sextant-0a1b2c3d4e5f6071)
test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/window.rs (/cache/target/debug/deps/window-0a1b2c3d4e5f6071)
test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 41.20s
   Doc-tests sextant_domain
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s
";
        assert_eq!(
            suites_of(output),
            [
                ("sextant_domain".to_owned(), counts(3, 0, 1)),
                ("window".to_owned(), counts(5, 2, 0)),
                ("sextant_domain (doc)".to_owned(), counts(3, 0, 0)),
            ]
        );
    }

    #[test]
    fn a_test_program_that_dies_is_a_failure() {
        let output = "     Running tests/window.rs (target/debug/deps/window-0a1b)\nrunning 3 tests\n\
                      error: test failed, to rerun pass `--test window`\n";
        assert_eq!(suites_of(output), [("window".to_owned(), counts(0, 1, 0))]);
    }

    #[test]
    fn vitest_says_its_counts_in_one_line() {
        assert_eq!(
            vitest_counts("      Tests  2 failed | 10 passed | 1 skipped (13)"),
            Some(counts(10, 2, 1))
        );
        assert_eq!(vitest_counts("      Tests  12 passed (12)"), Some(counts(12, 0, 0)));
        assert_eq!(vitest_counts(" Test Files  3 passed (3)"), None);
        assert_eq!(vitest_counts("      Tests  no tests"), None);
    }

    #[test]
    fn only_cargos_own_count_of_warnings_is_taken() {
        assert_eq!(warnings_in("warning: `sextant-store` (lib) generated 3 warnings (run `cargo fix`)"), 3);
        assert_eq!(warnings_in("warning: `xtask` (bin \"xtask\" test) generated 1 warning (1 duplicate)"), 1);
        assert_eq!(warnings_in("warning: unused variable: `generated`"), 0);
        assert_eq!(warnings_in("   Compiling sextant v0.1.0"), 0);
    }

    #[test]
    fn a_runner_that_ends_badly_has_at_least_one_failure() {
        let suite = Suite::new("ui", counts(4, 0, 0), false, Duration::ZERO);
        assert!(!suite.is_ok());
    }

    #[test]
    fn the_table_adds_up() {
        let mut report = Report::default();
        report.add(Suite::new("a", counts(2, 0, 0), true, Duration::from_millis(1500)));
        report.add(Suite::new("window", counts(1, 1, 1), false, Duration::from_secs(3)));
        let (table, sum) = report.table();
        assert_eq!(sum, counts(3, 1, 1));
        assert!(table.contains("a            2       0        0       1.5\n"), "{table}");
        assert!(table.contains("FAILED"), "{table}");
    }
}
