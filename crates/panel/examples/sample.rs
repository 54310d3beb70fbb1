//! Prints the sample window of history as JSON, as `Panel.set_data` takes it: for a look at the canvas
//! in a browser, without the app and without a history. The argument is the number of points a series.

use anyhow::{Context, Result};
use sextant_panel::sample;

fn main() -> Result<()> {
    let points =
        std::env::args().nth(1).map_or(Ok(48), |text| text.parse()).context("how many points a series?")?;
    println!("{}", serde_json::to_string(&sample::performance(points))?);
    Ok(())
}
