//! Runs Sapa and its peers in turn on the same work, checks that nothing was lost, and compares what it cost.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod disk;
mod measures;
mod net;
mod report;
mod rows;
mod servers;
mod stats;
mod token;
mod usage;

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use measures::{Context, MEASURES, Measure};
use report::{Report, Sample};
use servers::{Kind, Places};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Measures Sapa beside its peers.
#[derive(Debug, Parser)]
#[command(name = "benches/run")]
struct Options {
    /// Only these measures, comma separated; see --list
    #[arg(long, value_delimiter = ',')]
    measures: Vec<String>,
    /// Only these servers, comma separated
    #[arg(long, value_delimiter = ',')]
    servers: Vec<String>,
    /// How often each measure is run; the servers take turns
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Divides the sizes, to try the benchmark itself out; such figures mean nothing
    #[arg(long, default_value_t = 1)]
    divisor: u64,
    /// Rooms of the large desk that is read; the goals speak of 1,000,000
    #[arg(long, default_value_t = 100_000)]
    rooms: u64,
    /// Messages of the large desk; the goals speak of 10,000,000
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// Where databases and logs go, on the disk that is to be measured
    #[arg(long, default_value = "/var/tmp/sapa-bench")]
    folder: PathBuf,
    /// The program that is measured, instead of the one built beside this one
    #[arg(long)]
    sapa: Option<PathBuf>,
    /// A setting of Sapa for this run: `SAPA__SECTION__KEY=VALUE` or `LD_PRELOAD=FILE`; may be given several times
    #[arg(long = "set", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// Where the results are written: this name with .json and .md
    #[arg(long, default_value = "target/bench/results")]
    results: PathBuf,
    /// Takes over the runs of an earlier results.json; may be given several times, and with `--runs 0` it is all there is
    #[arg(long)]
    add: Vec<PathBuf>,
    /// Lists the measures with their servers
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(sound) if sound => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("messages were lost, doubled or out of order, or a measure failed: see the table");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for; false if anything went wrong in it.
fn run(options: Options) -> Result<bool> {
    if options.list {
        for measure in &MEASURES {
            let servers: Vec<_> = measure.servers.iter().map(|kind| kind.name()).collect();
            println!("{:<10} {} ({})", measure.name, measure.work, servers.join(", "));
        }
        return Ok(true);
    }
    fs::create_dir_all(&options.folder)?;
    let folder = options.folder.canonicalize()?;
    let programs = env::current_exe()?.parent().map(Path::to_path_buf).ok_or("this program has no folder")?;
    let places = Places {
        folder,
        sapa: options.sapa.clone().unwrap_or_else(|| programs.join("sapa")).canonicalize()?,
        raw: programs.join("raw-sender"),
        peers: env::current_dir()?.join("benches/peers"),
        settings: options.settings.clone(),
    };
    let context = Context { places, divisor: options.divisor, rooms: options.rooms, messages: options.messages };
    let chosen = |names: &[String], name: &str| names.is_empty() || names.iter().any(|chosen| chosen == name);
    let mut report = Report::begin(&context);
    for earlier in &options.add {
        report.take_over(earlier)?;
    }
    report.write(&options.results)?;
    for measure in MEASURES.iter().filter(|measure| chosen(&options.measures, measure.name)) {
        let runs = if measure.once { options.runs.min(1) } else { options.runs };
        for index in 1..=runs {
            for kind in measure.servers.iter().filter(|kind| chosen(&options.servers, kind.name())) {
                report.add(sample(&context, measure, *kind, index));
                report.write(&options.results)?;
            }
        }
    }
    println!("\n{}", report.markdown());
    println!("{} and .md were written", options.results.with_extension("json").display());
    Ok(report.is_sound())
}

fn sample(context: &Context, measure: &Measure, kind: Kind, run: usize) -> Sample {
    eprint!("{} {} run {run}: ", measure.name, kind.name());
    let figures = (measure.run)(context, kind);
    match &figures {
        Ok(figures) => {
            let told = figures.iter().map(|(name, value)| format!("{name} {value:.1}")).collect::<Vec<_>>();
            eprintln!("{}", told.join(", "));
        }
        Err(error) => eprintln!("failed: {error}"),
    }
    let failure = figures.as_ref().err().map(ToString::to_string);
    Sample { measure: measure.name, server: kind.name(), run, figures: figures.unwrap_or_default(), failure }
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("KEY=VALUE is wanted")?;
    Ok((key.to_owned(), value.to_owned()))
}
