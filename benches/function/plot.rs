//! Plots in SVG.

use std::{error::Error, ops::Range, path::Path};

use plotters::prelude::*;

/// The name of a curve, and its points.
pub(crate) type Curve = (&'static str, Vec<(f64, f64)>);

/// The marks of the time axis.
const TIMES: [f64; 12] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];

const COLORS: [RGBColor; 4] = [BLACK, BLUE, RED, MAGENTA];

/// Draws curves over the same memory sizes, in milliseconds.
pub(crate) fn draw(file: &Path, title: &str, curves: &[Curve]) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(file, (720, 360)).into_drawing_area();
    area.fill(&WHITE)?;
    let sizes = curves.first().map(|(_, points)| points.iter().map(|point| point.0).collect());
    let points = || curves.iter().flat_map(|(_, points)| points);
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(52)
        .build_cartesian_2d(
            range(points().map(|point| point.0)).log_scale().with_key_points(sizes.unwrap_or_default()),
            range(points().map(|point| point.1)).log_scale().with_key_points(TIMES.into()),
        )?;
    chart
        .configure_mesh()
        .x_desc("memory size, MB")
        .y_desc("ms")
        .x_label_formatter(&|size| format!("{size}"))
        .y_label_formatter(&|time| format!("{time}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for ((name, points), color) in curves.iter().zip(COLORS) {
        chart
            .draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart.configure_series_labels().border_style(BLACK).draw()?;
    area.present()?;
    Ok(())
}

fn range(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    values.clone().fold(f64::INFINITY, f64::min)..values.fold(0.0, f64::max)
}
