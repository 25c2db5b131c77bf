//! The cursors of lists: what is read is spelled the same, what was made is read, for no other order.

use sapa::domain::{ChatPriority, RoomCursor, RoomSort, Timestamp};

const PRIORITIES: [ChatPriority; 4] =
    [ChatPriority::Low, ChatPriority::Normal, ChatPriority::High, ChatPriority::Urgent];

pub(crate) fn check(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        let read = [RoomSort::Activity, RoomSort::Priority].map(|sort| RoomCursor::decode(text, sort));
        for cursor in read.into_iter().flatten() {
            assert_eq!(cursor.encode(), text, "two spellings of one cursor");
            assert!(cursor.id > 0 && cursor.last_activity.millis() >= 0);
        }
        assert!(read.iter().flatten().count() < 2, "one cursor for both orders");
    }
    if let Some((number, rank)) = input.first_chunk::<13>().and_then(|bytes| bytes.split_last_chunk::<1>()).map(numbers)
    {
        let (millis, id) = number;
        let Some(last_activity) = Timestamp::from_millis(millis) else { return };
        let priority = PRIORITIES.get(usize::from(rank)).copied();
        let cursor = RoomCursor { priority, last_activity, id };
        let (own, other) = match priority {
            None => (RoomSort::Activity, RoomSort::Priority),
            Some(_) => (RoomSort::Priority, RoomSort::Activity),
        };
        assert_eq!(RoomCursor::decode(&cursor.encode(), own), Some(cursor));
        assert_eq!(RoomCursor::decode(&cursor.encode(), other), None);
    }
}

/// Any moment of the years that databases hold, any id, and something that may be a priority.
fn numbers((number, [rank]): (&[u8], &[u8; 1])) -> ((i64, i32), u8) {
    let (moment, id) = number.split_at(8);
    let moment = moment.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let id = id.iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    ((i64::try_from(moment % 253_402_300_800_000).unwrap_or(0), i32::try_from(id >> 1).unwrap_or(1).max(1)), rank % 5)
}
