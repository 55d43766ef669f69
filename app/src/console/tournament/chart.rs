//! What goes on, as charts that say their figures in words too: nothing has to be hovered over, and everything stands in
//! a table.

use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::pulse::{MINUTES, Pulse};

use crate::{
    console::{
        frame::View,
        parts::{cell, head, panel, when_in},
    },
    ssr::render,
};

/// The size of a chart; a minute is a bar of ten.
const BAR: usize = 10;
const HEIGHT: u64 = 80;

/// The charts of a tournament's page, which the page's script asks for anew while it is open.
pub(super) fn live(view: View<'_>, path: &str, pulse: &Pulse) -> AnyView {
    let address = view.address(&format!("{path}/pulse"), &[]);
    let charts = view! { <div data-refresh=address data-testid="pulse">{charts(view, pulse)}</div> };
    panel(view.text(desk::LIVE), charts)
}

/// The charts alone.
pub fn render_pulse(view: View<'_>, pulse: &Pulse) -> String {
    render(|| charts(view, pulse))
}

fn charts(view: View<'_>, pulse: &Pulse) -> AnyView {
    let text = |key| view.text(key);
    let series = |of: fn(&services::console::tournaments::pulse::PulseMinute) -> u64| -> Vec<u64> {
        pulse.minutes.iter().map(of).collect()
    };
    let names = [desk::AT, desk::LIVE_SCORES, desk::LIVE_VIEWERS, desk::ENTRIES].map(text);
    let [at, scores, viewers, entries] = names;
    let rows = pulse
        .minutes
        .iter()
        .rev()
        .map(|minute| {
            view! {
                <tr>
                    {cell(at, when_in(view, minute.minute))}
                    {cell(scores, minute.scores.to_string())}
                    {cell(viewers, minute.viewers.to_string())}
                    {cell(entries, minute.entries.to_string())}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="charts">
            {chart(view, "scores", desk::LIVE_SCORES, &series(|minute| minute.scores))}
            {chart(view, "viewers", desk::LIVE_VIEWERS, &series(|minute| minute.viewers))}
            {chart(view, "entries", desk::ENTRIES, &series(|minute| minute.entries))}
        </div>
        <details>
            <summary>{text(desk::LIVE_TABLE)}</summary>
            <table class="table">{head(&names)}<tbody>{rows}</tbody></table>
        </details>
    }
    .into_any()
}

/// One figure over the last hour: the latest value and the highest in words, the rest as bars.
fn chart(view: View<'_>, id: &'static str, name: Key, values: &[u64]) -> AnyView {
    let most = values.iter().copied().max().unwrap_or_default();
    let last = values.last().copied().unwrap_or_default();
    let bars = values
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0)
        .map(|(number, value)| {
            // At least a line, so that one is told from none.
            let height = (value * HEIGHT / most.max(1)).max(1);
            view! {
                <rect x=(number * BAR + 1).to_string() y=(HEIGHT - height).to_string() width=(BAR - 2).to_string()
                    height=height.to_string() />
            }
        })
        .collect_view();
    let said = desk::live_said(view.catalog(), last, most, u64::from(MINUTES));
    let label = format!("{}: {said}", view.text(name));
    let size = format!("0 0 {} {HEIGHT}", MINUTES as usize * BAR);
    view! {
        <figure class="chart" data-chart=id>
            <figcaption class="chart__name">
                <span>{view.text(name)}</span>
                <b class="chart__now" data-now=last.to_string()>{last.to_string()}</b>
            </figcaption>
            <svg class="chart__bars" viewBox=size preserveAspectRatio="none" role="img" aria-label=label>{bars}</svg>
            <p class="hint">{said}</p>
        </figure>
    }
    .into_any()
}
