//! The place in a list of rooms from which the next page goes on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{ChatPriority, Timestamp};

/// In which order rooms are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoomSort {
    /// The newest activity first.
    #[default]
    Activity,
    /// The most urgent first, and of these the newest activity.
    Priority,
}

/// The key of the last room of a page. Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomCursor {
    /// Its priority, when the list is sorted by it.
    pub priority: Option<ChatPriority>,
    /// Its last activity.
    pub last_activity: Timestamp,
    /// Its id, which decides between equal moments.
    pub id: i32,
}

const PRIORITIES: [ChatPriority; 4] =
    [ChatPriority::Low, ChatPriority::Normal, ChatPriority::High, ChatPriority::Urgent];

/// The end of the year 9999, the last that all databases hold.
const LAST_MILLIS: i64 = 253_402_300_799_999;

impl RoomCursor {
    /// The text that stands in a `cursor=` parameter.
    pub fn encode(&self) -> String {
        let rank = match self.priority {
            Some(priority) => (priority as usize).to_string(),
            None => "-".to_owned(),
        };
        URL_SAFE_NO_PAD.encode(format!("{rank}.{}.{}", self.last_activity.millis(), self.id))
    }

    /// Reads what [`Self::encode`] wrote for that order; `None` for anything else.
    pub fn decode(text: &str, sort: RoomSort) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = plain.split('.');
        let (rank, millis, id) = (parts.next()?, parts.next()?, parts.next()?);
        let priority = match (sort, rank) {
            (RoomSort::Activity, "-") => None,
            (RoomSort::Priority, rank) => Some(*PRIORITIES.get(rank.parse::<usize>().ok()?)?),
            _ => return None,
        };
        // A moment that no database can hold is no moment of ours.
        let millis = millis.parse().ok().filter(|millis| (0..=LAST_MILLIS).contains(millis))?;
        let last_activity = Timestamp::from_millis(millis)?;
        let cursor = Self { priority, last_activity, id: id.parse().ok().filter(|id| *id > 0)? };
        (parts.next().is_none() && cursor.encode() == text).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{PRIORITIES, RoomCursor, RoomSort, Timestamp};

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_went(millis in 0i64..4_102_444_800_000, id in 1i32.., rank in 0usize..4) {
            let last_activity = Timestamp::from_millis(millis).expect("a date");
            for (sort, priority) in [(RoomSort::Activity, None), (RoomSort::Priority, Some(PRIORITIES[rank]))] {
                let cursor = RoomCursor { priority, last_activity, id };
                assert_eq!(RoomCursor::decode(&cursor.encode(), sort), Some(cursor));
            }
        }

        #[test]
        fn any_other_text_is_refused_without_a_panic(text in any::<String>()) {
            if let Some(cursor) = RoomCursor::decode(&text, RoomSort::Activity) {
                assert_eq!(cursor.encode(), text);
            }
        }
    }
}
