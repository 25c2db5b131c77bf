//! Tokens of our own: for scripts, for the people of the demo and for guests.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::TokenError;
use crate::domain::Role;

/// What a new token shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Becomes `sub`; at least 1.
    pub user_id: i32,
    /// Becomes `role`.
    pub role: Role,
    /// Becomes `name`, if there is one.
    pub name: Option<String>,
    /// Becomes `email`, if there is one.
    pub email: Option<String>,
    /// Becomes `iat`.
    pub issued_at: DateTime<Utc>,
    /// Becomes `exp`, in whole seconds.
    pub expires_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Payload<'a> {
    sub: String,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    iat: i64,
    exp: i64,
}

/// Signs a token (HS256) that a [`Verifier`](super::Verifier) with the same secret accepts until it expires.
pub fn mint(secret: &SecretString, claims: &NewToken) -> Result<String, TokenError> {
    let secret = secret.expose_secret();
    if secret.trim().is_empty() {
        return Err(TokenError::NoKey);
    }
    if claims.user_id < 1 {
        return Err(TokenError::Claims("the user's id must be at least 1"));
    }
    let payload = Payload {
        sub: claims.user_id.to_string(),
        role: match claims.role {
            Role::User => "USER",
            Role::Admin => "ADMIN",
        },
        name: claims.name.as_deref(),
        email: claims.email.as_deref(),
        iat: claims.issued_at.timestamp(),
        exp: claims.expires_at.timestamp(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &EncodingKey::from_secret(secret.as_bytes()))
        .map_err(|_| TokenError::Signing)
}
