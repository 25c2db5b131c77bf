//! What a token says about a person, checked claim by claim.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::TokenError;
use super::json::{self, Scalar};
use crate::domain::Role;

/// The longest name or e-mail address taken over, in characters.
const TEXT_CHARS: usize = 191;

/// How far ahead of our clock the issuer's may run before `nbf` counts as the future.
const NOT_BEFORE_LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The person that a verified token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The first present of `sub`, `id` and `userId`; at least 1.
    pub user_id: i32,
    /// `role`: `USER` and `CUSTOMER` in any case, or none at all, are a customer.
    pub role: Role,
    /// `name`, without control characters, trimmed, at most 191 characters, never empty.
    pub name: Option<String>,
    /// `email`, treated like the name.
    pub email: Option<String>,
    /// `exp` as the token has it.
    pub expires_at: DateTime<Utc>,
}

/// The members that matter; a member given twice makes the whole token malformed.
#[derive(Deserialize)]
struct RawClaims<'a> {
    #[serde(borrow, default)]
    sub: Scalar<'a>,
    #[serde(borrow, default)]
    id: Scalar<'a>,
    #[serde(borrow, default, rename = "userId")]
    user_id: Scalar<'a>,
    #[serde(borrow, default)]
    role: Scalar<'a>,
    #[serde(borrow, default)]
    name: Scalar<'a>,
    #[serde(borrow, default)]
    email: Scalar<'a>,
    #[serde(borrow, default)]
    exp: Scalar<'a>,
    #[serde(borrow, default)]
    nbf: Scalar<'a>,
}

impl Claims {
    /// Reads the payload of a token whose signature or seal has been checked. `leeway` is granted to `exp` only.
    pub(super) fn read(payload: &[u8], now: DateTime<Utc>, leeway: TimeDelta) -> Result<Self, TokenError> {
        let raw: RawClaims<'_> = json::object(payload).ok_or(TokenError::Malformed)?;
        let expires_at = moment(&raw.exp)
            .ok_or(TokenError::Claims("exp must be a point in time in seconds since 1970"))?
            .ok_or(TokenError::Claims("exp is missing"))?;
        if expires_at <= now - leeway {
            return Err(TokenError::Expired);
        }
        let not_before =
            moment(&raw.nbf).ok_or(TokenError::Claims("nbf must be a point in time in seconds since 1970"))?;
        if not_before.is_some_and(|start| start > now + NOT_BEFORE_LEEWAY) {
            return Err(TokenError::NotYetValid);
        }
        Ok(Self {
            user_id: user_id([&raw.sub, &raw.id, &raw.user_id])?,
            role: role(&raw.role)?,
            name: text(&raw.name).ok_or(TokenError::Claims("name must be a text"))?,
            email: text(&raw.email).ok_or(TokenError::Claims("email must be a text"))?,
            expires_at,
        })
    }
}

/// The last second of the year 9999, after which RFC 3339 has no spelling.
const LAST_SECOND: i64 = 253_402_300_799;

/// A number of seconds since 1970, whole or not; `None` for what is no point in time.
fn moment(claim: &Scalar<'_>) -> Option<Option<DateTime<Utc>>> {
    let at =
        |seconds: i64, nanos| DateTime::from_timestamp(seconds, nanos).filter(|_| seconds <= LAST_SECOND).map(Some);
    match *claim {
        Scalar::Nothing => Some(None),
        Scalar::Integer(seconds) => at(seconds, 0),
        // The casts saturate, and what saturates is no date.
        Scalar::Float(seconds) => {
            let nanos = ((seconds - seconds.floor()) * 1e9) as u32;
            at(seconds.floor() as i64, nanos.min(999_999_999))
        }
        Scalar::Text(_) | Scalar::Other => None,
    }
}

fn user_id(candidates: [&Scalar<'_>; 3]) -> Result<i32, TokenError> {
    let first = candidates.into_iter().find(|claim| **claim != Scalar::Nothing);
    let number = match first.ok_or(TokenError::Claims("none of sub, id and userId is present"))? {
        Scalar::Integer(number) => i32::try_from(*number).ok(),
        Scalar::Text(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        _ => None,
    };
    number
        .filter(|id| *id >= 1)
        .ok_or(TokenError::Claims("the user's id (the first of sub, id, userId) must be a positive 32-bit number"))
}

fn role(claim: &Scalar<'_>) -> Result<Role, TokenError> {
    let is_one_of =
        |names: &[&str]| claim.text().is_some_and(|text| names.iter().any(|name| text.eq_ignore_ascii_case(name)));
    if *claim == Scalar::Nothing || is_one_of(&["USER", "CUSTOMER"]) {
        Ok(Role::User)
    } else if is_one_of(&["ADMIN"]) {
        Ok(Role::Admin)
    } else {
        Err(TokenError::Claims("role must be USER, CUSTOMER or ADMIN"))
    }
}

/// A text that may be stored and shown on one line; `None` for what is no text.
fn text(claim: &Scalar<'_>) -> Option<Option<String>> {
    let raw = match claim {
        Scalar::Nothing => return Some(None),
        other => other.text()?,
    };
    let visible = raw.chars().filter(|sign| !sign.is_control());
    let mut kept: String = visible.skip_while(|sign| sign.is_whitespace()).take(TEXT_CHARS).collect();
    kept.truncate(kept.trim_end().len());
    Some(Some(kept).filter(|text| !text.is_empty()))
}
