//! The sub-commands, and what each prints.

use std::{
    collections::HashMap,
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use chrono::{Duration, Utc};
use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    config::{self, Settings},
    domain::Role,
    http,
    identity::{NewToken, mint},
    service::report::{ExportFormat, export},
    startup::{Application, Backup, api_document, backup, healthcheck, migrate, open_for_reading},
    telemetry::init_logging,
};

/// Sapa: a customer-support chat.
#[derive(Debug, Parser)]
#[command(name = "sapa", version, about, long_about = None)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the chat (what happens without a sub-command)
    Serve,
    /// Bring the database's schema up to date, and end
    Migrate,
    /// Print a token for a person, signed with the secret
    Token(TokenArguments),
    /// Print the OpenAPI document
    Openapi,
    /// Write conversations to standard output
    Export(ExportArguments),
    /// Copy the SQLite database to a new file, also while it is served
    Backup(BackupArguments),
    /// Ask the service at the configured address whether it is alive; the exit code says it
    Healthcheck,
}

#[derive(Debug, clap::Args)]
struct TokenArguments {
    /// The person's id
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
    user: i32,
    /// How they are called
    #[arg(long)]
    name: Option<String>,
    /// Their e-mail address
    #[arg(long)]
    email: Option<String>,
    /// What they may do
    #[arg(long, value_enum, default_value = "user", ignore_case = true)]
    role: RoleName,
    /// How long the token lasts: a number and s, m, h or d
    #[arg(long, default_value = "1h", value_parser = lifetime)]
    ttl: Duration,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    User,
    Customer,
    Admin,
}

#[derive(Debug, clap::Args)]
struct ExportArguments {
    /// Only this room; all of them if it is left out
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
    room: Option<i32>,
    /// How it is spelled
    #[arg(long, value_enum, default_value = "csv")]
    format: FormatName,
}

#[derive(Debug, clap::Args)]
struct BackupArguments {
    /// Where the copy goes; there must be no such file yet
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Csv,
    Json,
}

/// Runs the program; returns its exit code. What goes wrong is said on standard error.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments.command.unwrap_or(Command::Serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "sapa: {error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn execute(command: Command) -> Result<(), Failure> {
    if matches!(command, Command::Openapi) {
        return print(api_document()?.json());
    }
    // Lossy: a variable that is not Unicode is none of ours.
    let environment: HashMap<String, String> = std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect();
    let settings = config::load(environment)?;
    match command {
        Command::Token(arguments) => print_token(&settings, arguments),
        Command::Openapi => Ok(()),
        Command::Serve => {
            init_logging(&settings.log)?;
            actix_web::rt::System::new().block_on(serve(settings))
        }
        Command::Migrate => actix_web::rt::System::new().block_on(async {
            migrate(&settings.database).await?;
            print(b"the schema is up to date")
        }),
        Command::Export(arguments) => actix_web::rt::System::new().block_on(write_export(&settings, arguments)),
        Command::Backup(arguments) => actix_web::rt::System::new().block_on(write_backup(&settings, arguments)),
        Command::Healthcheck => Ok(healthcheck(&settings.server)?),
    }
}

async fn serve(settings: Settings) -> Result<(), Failure> {
    let demo = settings.demo.enabled;
    let application = Application::build(settings).await?;
    let url = application.url();
    if demo {
        tracing::info!("try it:    {url}/");
    }
    if http::has_built_pages() {
        tracing::info!("dashboard: {url}/admin/chat");
    } else {
        tracing::warn!("built without the widget and the dashboard, as npm was not there; the API works without them");
    }
    tracing::info!("API:       {url}/docs");
    Ok(application.run().await?)
}

fn print_token(settings: &Settings, arguments: TokenArguments) -> Result<(), Failure> {
    let secret = settings.auth.secret().ok_or("JWT_SECRET is not set, so no token can be signed")?;
    let issued_at = Utc::now();
    let expires_at = issued_at.checked_add_signed(arguments.ttl).ok_or("--ttl is too long")?;
    let claims = NewToken {
        user_id: arguments.user,
        role: match arguments.role {
            RoleName::User | RoleName::Customer => Role::User,
            RoleName::Admin => Role::Admin,
        },
        name: arguments.name,
        email: arguments.email,
        issued_at,
        expires_at,
    };
    print(mint(secret, &claims)?.as_bytes())
}

async fn write_export(settings: &Settings, arguments: ExportArguments) -> Result<(), Failure> {
    let db = open_for_reading(&settings.database).await?;
    let format = match arguments.format {
        FormatName::Csv => ExportFormat::Csv,
        FormatName::Json => ExportFormat::Json,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    export(&db, arguments.room, format, &mut out).await?;
    out.flush()?;
    Ok(())
}

async fn write_backup(settings: &Settings, BackupArguments { file }: BackupArguments) -> Result<(), Failure> {
    let Backup { bytes, last_event_id } = backup(&settings.database, &file).await?;
    let file = file.display();
    print(format!("{file}: {bytes} bytes, checked; the journal ends with {last_event_id}").as_bytes())
}

/// Prints one line; a reader that has gone away is no error.
fn print(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.write_all(b"\n")) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// `90s`, `15m`, `1h`, `7d`.
fn lifetime(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a number and s, m, h or d, such as 1h".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 =
        text.strip_suffix(unit).and_then(|number| number.parse().ok()).filter(|n| *n > 0).ok_or_else(wrong)?;
    match unit {
        's' => Duration::try_seconds(number),
        'm' => Duration::try_minutes(number),
        'h' => Duration::try_hours(number),
        'd' => Duration::try_days(number),
        _ => None,
    }
    .ok_or_else(wrong)
}
