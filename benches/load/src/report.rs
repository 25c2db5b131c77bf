//! The results: as JSON, and as tables to read.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::Path,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::{
    Result,
    measures::{Context, Figures, MEASURES},
    rows::ROWS,
    servers::LIMITS,
    stats,
};

/// Figures that must be nothing.
const FAULTS: [&str; 4] = ["lost", "wrong", "ended", "failed"];

/// One run of one measure at one server.
pub(crate) struct Sample {
    pub(crate) measure: &'static str,
    pub(crate) server: &'static str,
    pub(crate) run: usize,
    pub(crate) figures: Figures,
    pub(crate) failure: Option<String>,
}

/// All runs, with what they were made on.
pub(crate) struct Report {
    samples: Vec<Sample>,
    about: Value,
}

/// The median of each figure.
pub(crate) struct Medians(BTreeMap<(&'static str, &'static str, String), f64>);

impl Medians {
    /// The median of a figure, if it was measured.
    pub(crate) fn of(&self, measure: &'static str, server: &'static str, figure: &str) -> Option<f64> {
        self.0.get(&(measure, server, figure.to_owned())).copied()
    }

    /// Sapa's median by that of a peer.
    pub(crate) fn ratio(&self, measure: &'static str, figure: &str, peer: &'static str) -> Option<f64> {
        Some(self.of(measure, "sapa", figure)? / self.of(measure, peer, figure)?).filter(|ratio| ratio.is_finite())
    }

    /// The CPU of Postgres for a message, Sapa's by that of Express.
    pub(crate) fn database_ratio(&self, measure: &'static str) -> Option<f64> {
        let of = |server| self.of(measure, server, "database_cpu_us_per_post");
        Some(of("sapa-pg")? / of("express-pg")?)
    }
}

impl Report {
    pub(crate) fn begin(context: &Context) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let peers =
            said("node", &["-p", "JSON.stringify(require('./package.json').dependencies)"], &context.places.peers);
        let here = Path::new(".");
        let about = json!({
            "date": said("date", &["-u", "-d", &format!("@{since}"), "+%Y-%m-%d %H:%M"], here),
            "commit": said("git", &["describe", "--always", "--dirty"], here),
            "cpu": model.map(|(_, model)| model),
            "cores": std::thread::available_parallelism().map_or(0, usize::from),
            "kernel": said("uname", &["-sr"], here),
            "rust": said("rustc", &["--version"], here),
            "node": said("node", &["--version"], here),
            "nchan": said("dpkg-query", &["-W", "-f", "${Version}", "libnginx-mod-nchan"], here),
            "peers": serde_json::from_str::<Value>(&peers).unwrap_or_default(),
            "divisor": context.divisor,
            "large desk": { "rooms": context.rooms, "messages": context.messages },
            "raised limits": LIMITS,
            "settings": context.places.settings,
        });
        Self { samples: Vec::new(), about }
    }

    pub(crate) fn add(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    /// Adds the runs of an earlier file, as far as such measures and servers are there still.
    pub(crate) fn take_over(&mut self, path: &Path) -> Result<()> {
        let earlier: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        for sample in earlier["samples"].as_array().into_iter().flatten() {
            let Some(measure) = MEASURES.iter().find(|measure| sample["measure"] == measure.name) else { continue };
            let Some(server) = measure.servers.iter().find(|kind| sample["server"] == kind.name()) else { continue };
            self.samples.push(Sample {
                measure: measure.name,
                server: server.name(),
                run: sample["run"].as_u64().and_then(|run| usize::try_from(run).ok()).unwrap_or(0),
                figures: serde_json::from_value(sample["figures"].clone())?,
                failure: sample["failure"].as_str().map(str::to_owned),
            });
        }
        Ok(())
    }

    /// Whether every run came to its end with nothing lost, doubled or out of order.
    pub(crate) fn is_sound(&self) -> bool {
        self.samples.iter().all(|sample| {
            sample.failure.is_none()
                && FAULTS.iter().all(|fault| sample.figures.get(*fault).is_none_or(|count| *count == 0.0))
        })
    }

    /// Writes the results beside each other: `.json` and `.md`.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path.with_extension("json"), serde_json::to_string_pretty(&self.json())? + "\n")?;
        Ok(fs::write(path.with_extension("md"), self.markdown())?)
    }

    fn json(&self) -> Value {
        let medians = self.medians();
        let rows = ROWS.iter().filter_map(|row| {
            let value = (row.value)(&medians)?;
            Some(json!({
                "label": row.label, "work": row.work, "value": value, "must": row.must, "aim": row.aim,
                "more is better": row.more, "reached": row.reaches(value, row.must),
            }))
        });
        let samples = self.samples.iter().map(|sample| {
            json!({
                "measure": sample.measure, "server": sample.server, "run": sample.run, "figures": sample.figures,
                "failure": sample.failure,
            })
        });
        json!({ "about": self.about, "rows": rows.collect::<Vec<_>>(), "samples": samples.collect::<Vec<_>>() })
    }

    /// The ratios with their goals, then each measure's medians with the least and the most.
    pub(crate) fn markdown(&self) -> String {
        let medians = self.medians();
        let mut text =
            "| measure | work | must | aim | measured | |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
        for row in &ROWS {
            let Some(value) = (row.value)(&medians) else { continue };
            let verdict = match (row.reaches(value, row.aim), row.reaches(value, row.must)) {
                (true, _) => "aim",
                (_, true) => "must",
                _ => "**missed**",
            };
            let (label, work, must, aim) = (row.label, row.work, row.must, row.aim);
            let sign = if row.more { "≥" } else { "≤" };
            let _ =
                writeln!(text, "| {label} | {work} | {sign} {must} | {sign} {aim} | {} | {verdict} |", short(value));
        }
        for measure in &MEASURES {
            let samples: Vec<_> = self.samples.iter().filter(|sample| sample.measure == measure.name).collect();
            if !samples.is_empty() {
                let _ = write!(text, "\n**{}**: {}\n\n{}", measure.name, measure.work, table(&samples));
            }
        }
        text
    }

    fn medians(&self) -> Medians {
        let mut values: BTreeMap<(&'static str, &'static str, String), Vec<f64>> = BTreeMap::new();
        for sample in &self.samples {
            for (name, value) in &sample.figures {
                values.entry((sample.measure, sample.server, name.clone())).or_default().push(*value);
            }
        }
        Medians(values.into_iter().map(|(key, values)| (key, stats::median(&values))).collect())
    }
}

/// A row for each server: the median of each figure, with the least and the most if they differ.
fn table(samples: &[&Sample]) -> String {
    let mut servers: Vec<&str> = Vec::new();
    let mut names: Vec<&String> = Vec::new();
    for sample in samples {
        if !servers.contains(&sample.server) {
            servers.push(sample.server);
        }
        for name in sample.figures.keys().filter(|name| !FAULTS.contains(&name.as_str())) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let heads = names.iter().map(|name| format!(" {name} |")).collect::<String>();
    let mut text =
        format!("| server | runs |{heads} lost/wrong/ended/failed |\n|{}\n", " --- |".repeat(names.len() + 3));
    for server in servers {
        let of_server: Vec<_> = samples.iter().filter(|sample| sample.server == server).collect();
        let whole = of_server.iter().filter(|sample| sample.failure.is_none()).count();
        let _ = write!(text, "| {server} | {whole}/{} |", of_server.len());
        let values =
            |name: &str| of_server.iter().filter_map(|sample| sample.figures.get(name).copied()).collect::<Vec<_>>();
        for name in &names {
            text += &format!(" {} |", spread(&values(name)));
        }
        let faults = FAULTS.map(|fault| values(fault).iter().fold(0.0, |sum, count| sum + count).to_string());
        let _ = writeln!(text, " {} |", faults.join("/"));
    }
    text
}

fn spread(values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match values.len() {
        0 => String::new(),
        1 => short(values[0]),
        _ => format!("{} ({}–{})", short(stats::median(values)), short(least), short(most)),
    }
}

/// Three digits are as many as mean something.
fn short(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn said(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
