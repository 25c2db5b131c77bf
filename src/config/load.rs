//! Where settings come from: the built-in files, files of the working folder, the environment.

use std::{collections::HashMap, net::SocketAddr, path::PathBuf};

use config::{Config, Environment, File, FileFormat};
use secrecy::ExposeSecret;
use thiserror::Error;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::{DEVELOPMENT_SECRET, LEAST_SECRET_BYTES, Settings};

const DEFAULTS: &str = include_str!("../../config/default.toml");
const DEVELOPMENT: &str = include_str!("../../config/development.toml");
const PRODUCTION: &str = include_str!("../../config/production.toml");

/// Short names of the environment and the keys they set.
const SHORT_NAMES: [(&str, &str); 9] = [
    ("HOST", "server.host"),
    ("PORT", "server.port"),
    ("CLIENT_URL", "server.client_urls"),
    ("DATABASE_URL", "database.url"),
    ("REDIS_URL", "cluster.redis_url"),
    ("JWT_SECRET", "auth.jwt_secret"),
    ("JWT_PUBLIC_KEY", "auth.jwt_public_key"),
    ("NEXTAUTH_SECRET", "auth.nextauth_secret"),
    ("RUST_LOG", "log.filter"),
];
const LISTS: [&str; 2] = ["server.client_urls", "server.trusted_proxies"];

/// Why the settings cannot be used. The message names the key.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file or variable has an unknown key or a value of the wrong kind.
    #[error("settings: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// A value is out of its range.
    #[error("settings: {key}: {reason}")]
    Invalid {
        /// The key, with its section.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

fn invalid(key: &str, reason: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { key: key.to_owned(), reason: reason.into() }
}

/// Reads the settings from the files and from `environment` (normally the process's).
///
/// # Errors
/// [`ConfigError`] names the key that is unknown, of the wrong kind, out of range or not safe for production.
pub fn load(environment: HashMap<String, String>) -> Result<Settings, ConfigError> {
    let name = environment.get("SAPA_ENV").filter(|name| !name.is_empty()).map_or("development", String::as_str);
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err(invalid("SAPA_ENV", "must be a name of letters, digits, - and _"));
    }
    let folder = environment.get("SAPA_CONFIG_DIR").map_or_else(|| PathBuf::from("config"), PathBuf::from);
    let defaults = folder.join("default.toml");
    let overlay = folder.join(format!("{name}.toml"));

    let mut builder = Config::builder();
    builder = if defaults.is_file() {
        builder.add_source(File::from(defaults).format(FileFormat::Toml))
    } else {
        builder.add_source(File::from_str(DEFAULTS, FileFormat::Toml))
    };
    builder = match (overlay.is_file(), name) {
        (true, _) => builder.add_source(File::from(overlay).format(FileFormat::Toml)),
        (false, "development") => builder.add_source(File::from_str(DEVELOPMENT, FileFormat::Toml)),
        (false, "production") => builder.add_source(File::from_str(PRODUCTION, FileFormat::Toml)),
        (false, name) => {
            return Err(invalid("SAPA_ENV", format!("there is no {} for it ({name})", overlay.display())));
        }
    };
    for (short, key) in SHORT_NAMES {
        if let Some(value) = environment.get(short).filter(|value| !value.is_empty()) {
            builder = if LISTS.contains(&key) {
                builder.set_override(key, split(value))?
            } else {
                builder.set_override(key, value.as_str())?
            };
        }
    }
    let mut sections = Environment::with_prefix("SAPA")
        .prefix_separator("__")
        .separator("__")
        .try_parsing(true)
        .list_separator(",")
        .source(Some(environment.clone()));
    for key in LISTS {
        sections = sections.with_list_parse_key(key);
    }
    let settings: Settings = builder.add_source(sections).build()?.try_deserialize()?;
    settings.validate().map_err(|errors| first_of(&errors, ""))?;
    check_addresses(&settings)?;
    if name != "development" {
        check_production(&settings)?;
    }
    Ok(settings)
}

fn split(list: &str) -> Vec<String> {
    list.split(',').map(|item| item.trim().trim_end_matches('/').to_owned()).filter(|item| !item.is_empty()).collect()
}

fn check_addresses(settings: &Settings) -> Result<(), ConfigError> {
    let url = settings.database.url.expose_secret();
    if !["sqlite:", "postgres:", "postgresql:", "mysql:", "mariadb:"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(invalid("database.url", "must start with sqlite:, postgres: or mysql:"));
    }
    if url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory")) {
        return Err(invalid("database.url", "must name a file: what is only in memory is lost at the end"));
    }
    let redis = settings.cluster.redis_url.expose_secret();
    if !redis.is_empty() && !["redis:", "rediss:", "valkey:", "valkeys:"].iter().any(|scheme| redis.starts_with(scheme))
    {
        return Err(invalid("cluster.redis_url", "must start with redis: or rediss:"));
    }
    let address = &settings.cluster.address;
    if !address.is_empty() && address.parse::<SocketAddr>().is_err() {
        return Err(invalid("cluster.address", "must be an IP address with a port, such as 10.0.0.5:3000"));
    }
    let (certificate, key) = (&settings.server.tls_certificate, &settings.server.tls_key);
    if certificate.as_os_str().is_empty() != key.as_os_str().is_empty() {
        let missing = if key.as_os_str().is_empty() { "server.tls_key" } else { "server.tls_certificate" };
        return Err(invalid(missing, "TLS needs both server.tls_certificate and server.tls_key"));
    }
    if settings.guests.enabled && settings.auth.secret().is_none() {
        return Err(invalid("guests.enabled", "needs auth.jwt_secret, which signs the guests' tokens"));
    }
    if settings.demo.enabled && settings.auth.secret().is_none() {
        return Err(invalid("demo.enabled", "needs auth.jwt_secret, which signs the demo people's tokens"));
    }
    Ok(())
}

fn check_production(settings: &Settings) -> Result<(), ConfigError> {
    let auth = &settings.auth;
    if auth.secret().is_none() && auth.public_key().is_none() {
        return Err(invalid("auth.jwt_secret", "JWT_SECRET is missing; production needs it (or JWT_PUBLIC_KEY)"));
    }
    for (key, secret) in [("auth.jwt_secret", auth.secret()), ("auth.nextauth_secret", auth.session_secret())] {
        let Some(secret) = secret else { continue };
        let secret = secret.expose_secret();
        if secret == DEVELOPMENT_SECRET {
            return Err(invalid(key, "is the development secret, which everybody knows; set one of your own"));
        }
        let too_short = match key {
            // Several, to rotate: the shortest counts.
            "auth.nextauth_secret" => secret.split(',').any(|one| one.trim().len() < LEAST_SECRET_BYTES),
            _ => secret.len() < LEAST_SECRET_BYTES,
        };
        if too_short {
            return Err(invalid(key, format!("is shorter than {LEAST_SECRET_BYTES} bytes")));
        }
    }
    if settings.demo.enabled {
        return Err(invalid("demo.enabled", "the demo people are open to everybody; production refuses them"));
    }
    Ok(())
}

/// The first finding, with the whole path of its key.
fn first_of(errors: &ValidationErrors, section: &str) -> ConfigError {
    for (name, kind) in errors.errors() {
        let key = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => return first_of(inner, &key),
            ValidationErrorsKind::List(items) => {
                if let Some(inner) = items.values().next() {
                    return first_of(inner, &key);
                }
            }
            ValidationErrorsKind::Field(found) => {
                let Some(error) = found.first() else { continue };
                let key = if name == "__all__" { section.to_owned() } else { key };
                return ConfigError::Invalid { key, reason: reason(error) };
            }
        }
    }
    invalid(section, "is not valid")
}

fn reason(error: &validator::ValidationError) -> String {
    if let Some(message) = &error.message {
        return message.to_string();
    }
    let bound = |name: &str| error.params.get(name).map(ToString::to_string);
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) => format!("must be between {min} and {max}"),
        (Some(min), None) => format!("must be at least {min}"),
        (None, Some(max)) => format!("must be at most {max}"),
        (None, None) => "is not valid".to_owned(),
    }
}
