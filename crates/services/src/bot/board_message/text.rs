//! What the message of a tournament says.
//!
//! Invariant: of players it says their public names alone, without what could make a line say something else or be a link,
//! a mention or a command, and of the reader a place and a score.

use domain::{
    Locale, Score, Timestamp,
    board::{BoardEntry, TournamentCard},
    tournament::Phase,
};
use i18n::{Catalog, catalog, keys};
use sha2::{Digest, Sha256};

use crate::bot::look::View;

/// The rows of a board that a message shows.
pub(crate) const ROWS: u32 = 10;
/// The rows of a board that is sent to another chat.
pub(crate) const PODIUM_ROWS: usize = 3;
/// The most characters of a name that are shown.
const NAME_CHARACTERS_MAX: usize = 28;
const MEDALS: [&str; 3] = ["🥇", "🥈", "🥉"];
const MINUTE_MS: i64 = 60_000;

/// Begins a text whose direction its own first letter decides (U+2068).
const ISOLATE: char = '\u{2068}';
/// Ends it (U+2069).
const END_OF_ISOLATE: char = '\u{2069}';
/// Joins words without being seen (U+2060), and belongs to no link, mention or command.
const JOINER: char = '\u{2060}';

/// How a message goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// It keeps itself up to date.
    Living,
    /// It stays as it is, though there is more to come.
    Still,
    /// It stays as it is, and says all that there is to say.
    Over,
}

/// A text, and what tells whether another one shows the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// A hash that leaves out how the time until the end shrinks by minutes, as long as the end is far.
    pub(crate) shown: [u8; 32],
}

/// The message.
pub(crate) fn write(view: &View, locale: Locale, now: Timestamp, life: Life) -> Written {
    let texts = catalog(locale);
    let mut parts = vec![rows(view, ROWS as usize, locale).join("\n")];
    if let Some(board) = &view.board {
        let is_in_sight = |me: &BoardEntry| board.entries.iter().any(|entry| entry.player == me.player);
        if let Some(me) = board.me.as_ref().filter(|me| !is_in_sight(me)) {
            parts.push(keys::bot::board_place(texts, me.rank, &score(locale, me.score)));
        }
    }
    match life {
        Life::Living => parts.push(texts.text(keys::bot::BOARD_LIVING).to_owned()),
        Life::Still => parts.push(texts.text(keys::bot::BOARD_STILL).to_owned()),
        Life::Over => {}
    }
    parts.retain(|part| !part.is_empty());
    let body: String = parts.iter().flat_map(|part| ["\n\n", part]).collect();
    let until = until(&view.card, now);
    let shown = Sha256::new()
        .chain_update(head(texts, &view.card, locale, coarse(until)))
        .chain_update([0])
        .chain_update(&body)
        .finalize();
    Written { text: format!("{}{body}", head(texts, &view.card, locale, until)), shown: shown.into() }
}

/// What another chat is sent: where the tournament stands, and the first three.
pub(crate) fn podium(view: &View, locale: Locale, now: Timestamp) -> String {
    let head = head(catalog(locale), &view.card, locale, until(&view.card, now));
    let rows = rows(view, PODIUM_ROWS, locale).join("\n");
    if rows.is_empty() { head } else { format!("{head}\n\n{rows}") }
}

/// Where a tournament stands, in one line.
pub(crate) fn state(card: &TournamentCard, locale: Locale, now: Timestamp) -> String {
    let texts = catalog(locale);
    let left = i18n::duration(texts, until(card, now));
    let players = keys::bot::tournament_players(texts, card.players);
    match card.phase {
        Phase::Running => keys::bot::list_running(texts, &left, &players),
        Phase::Upcoming => keys::bot::list_upcoming(texts, &left),
        Phase::Finished => keys::bot::list_finished(texts, &players),
        Phase::Canceled => texts.text(keys::bot::LIST_CANCELED).to_owned(),
    }
}

/// The title, and where the tournament stands.
fn head(texts: &Catalog, card: &TournamentCard, locale: Locale, until_ms: i64) -> String {
    let title = card.tournament.title.for_locale(locale);
    let players = keys::bot::tournament_players(texts, card.players);
    let left = i18n::duration(texts, until_ms);
    match card.phase {
        Phase::Running => keys::bot::tournament_running(texts, &left, &players, title),
        Phase::Upcoming => keys::bot::tournament_upcoming(texts, &left, title),
        Phase::Finished => keys::bot::tournament_finished(texts, &players, title),
        Phase::Canceled => keys::bot::tournament_canceled(texts, title),
    }
}

/// Milliseconds until what comes next.
fn until(card: &TournamentCard, now: Timestamp) -> i64 {
    match card.phase {
        Phase::Upcoming => card.tournament.starts_at.millis_since(now),
        Phase::Running | Phase::Finished | Phase::Canceled => card.tournament.ends_at.millis_since(now),
    }
}

/// A time that a message is worth being changed for: of days the hours count, of hours ten minutes, at the end each one.
fn coarse(milliseconds: i64) -> i64 {
    let step = match milliseconds / MINUTE_MS {
        1440.. => 60,
        60.. => 10,
        10.. => 5,
        _ => 1,
    } * MINUTE_MS;
    milliseconds.div_euclid(step) * step
}

/// The top of the board, a line each; one line that says so when nobody is on it.
fn rows(view: &View, limit: usize, locale: Locale) -> Vec<String> {
    let texts = catalog(locale);
    let Some(board) =
        view.board.as_ref().filter(|_| matches!(view.card.phase, Phase::Running | Phase::Finished))
    else {
        return Vec::new();
    };
    if board.entries.is_empty() {
        return vec![texts.text(keys::bot::BOARD_EMPTY).to_owned()];
    }
    let me = board.me.as_ref().map(|me| &me.player);
    let row = |entry: &BoardEntry| {
        let place = usize::try_from(entry.rank).unwrap_or(usize::MAX);
        let place =
            MEDALS.get(place.wrapping_sub(1)).map_or_else(|| format!("{place}."), |&medal| medal.to_owned());
        let line = format!("{place} {} · {}", name(&entry.alias), score(locale, entry.score));
        if me == Some(&entry.player) { format!("{line} {}", texts.text(keys::bot::BOARD_YOU)) } else { line }
    };
    board.entries.iter().take(limit).map(row).collect()
}

/// A name as a message shows it. Players choose their names, and clients make a link of `t.me/…`, a mention of `@…` and a
/// command of `/…`: a joiner that nobody sees keeps such a mark apart from what follows. A name that runs from right to
/// left turns itself alone, not the line that it stands on.
fn name(alias: &str) -> String {
    let line = line(alias);
    let mut shown = String::with_capacity(line.len());
    for letter in line.chars() {
        shown.push(letter);
        if matches!(letter, '@' | '/' | '.' | '#' | '$' | ':') {
            shown.push(JOINER);
        }
    }
    if line.chars().any(is_from_right_to_left) { format!("{ISOLATE}{shown}{END_OF_ISOLATE}") } else { shown }
}

/// Whether a letter is of the blocks that Unicode keeps for scripts from right to left (UAX #9, 3.2).
const fn is_from_right_to_left(letter: char) -> bool {
    matches!(
        letter,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

/// A text of somebody else's on one line, not too long, and without marks that turn the direction of what stands behind it.
pub(crate) fn line(alias: &str) -> String {
    let is_plain = |letter: char| {
        !letter.is_control()
            && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let plain: String = alias.chars().map(|letter| if is_plain(letter) { letter } else { ' ' }).collect();
    let plain = plain.trim();
    if plain.chars().count() <= NAME_CHARACTERS_MAX {
        return plain.to_owned();
    }
    let cut: String = plain.chars().take(NAME_CHARACTERS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

/// A score as the language writes it.
pub(crate) fn score(locale: Locale, score: Score) -> String {
    let points = score.points();
    let number = i18n::number(locale, points.unsigned_abs());
    if points < 0 { format!("−{number}") } else { number }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{BoardId, Operator, Order, Tournament, board::BoardPage, tournament::Title};

    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    fn entry(rank: u64, alias: &str) -> BoardEntry {
        BoardEntry {
            rank,
            player: format!("p_{rank}").parse().unwrap(),
            alias: alias.to_owned(),
            score: Score::new(10_000 - i64::try_from(rank).unwrap()).unwrap(),
            achieved_at: Timestamp::from_millis(0),
        }
    }

    fn view(phase: Phase, names: &[&str], me: Option<BoardEntry>) -> View {
        let tournament = Tournament {
            tournament_id: "cup".parse().unwrap(),
            title: Title::new(BTreeMap::from([("en".to_owned(), "Cup".to_owned())])).unwrap(),
            starts_at: Timestamp::from_millis(HOUR_MS),
            ends_at: Timestamp::from_millis(5 * HOUR_MS),
            operator: Operator::Best,
            order: Order::Desc,
            ties: domain::ranking::TieOrders::default(),
        };
        let entries: Vec<BoardEntry> = (1..).zip(names).map(|(rank, name)| entry(rank, name)).collect();
        let board = BoardPage {
            board: BoardId::plain(&tournament.tournament_id),
            tournament_id: tournament.tournament_id.clone(),
            version: 1,
            total: 40,
            entries,
            me,
            next_cursor: None,
        };
        View { card: TournamentCard { tournament, phase, players: 40 }, board: Some(board), is_public: true }
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * HOUR_MS)
    }

    #[test]
    fn the_first_three_have_medals_and_the_reader_is_marked() {
        let running = view(Phase::Running, &["Ann", "Bob", "Cid", "Dan"], Some(entry(2, "Bob")));
        assert_eq!(
            write(&running, Locale::En, at(3), Life::Living).text,
            "Cup\n\nRunning now · 40 players\nEnds in 2 hours\n\n🥇 Ann · 9,999\n🥈 Bob · 9,998 (you)\n🥉 Cid · 9,997\n\
             4. Dan · 9,996\n\nThis message keeps itself up to date."
        );
    }

    #[test]
    fn whoever_stands_below_the_top_reads_their_own_place() {
        let running = view(Phase::Running, &["Ann"], Some(entry(17, "Me")));
        let text = write(&running, Locale::En, at(3), Life::Over).text;
        assert!(text.ends_with("🥇 Ann · 9,999\n\nYour place: 17 · 9,983"), "{text}");
    }

    #[test]
    fn an_empty_board_says_so_and_one_to_come_shows_none() {
        let text = write(&view(Phase::Running, &[], None), Locale::En, at(3), Life::Over).text;
        assert!(text.ends_with("Nobody has a score yet. Be the first!"), "{text}");
        let upcoming = write(&view(Phase::Upcoming, &[], None), Locale::En, at(0), Life::Over).text;
        assert_eq!(upcoming, "Cup\n\nNot started yet\nStarts in 1 hour");
    }

    #[test]
    fn a_message_is_changed_for_a_row_and_for_ten_minutes_but_not_for_one() {
        let now = |minutes: i64| Timestamp::from_millis(2 * HOUR_MS + minutes * MINUTE_MS);
        let shown = |names: &[&str], minutes, life| {
            write(&view(Phase::Running, names, None), Locale::En, now(minutes), life).shown
        };
        let before = shown(&["Ann", "Bob"], 1, Life::Living);
        assert_eq!(shown(&["Ann", "Bob"], 9, Life::Living), before);
        assert_ne!(shown(&["Ann", "Bob"], 12, Life::Living), before);
        assert_ne!(shown(&["Bob", "Ann"], 1, Life::Living), before);
        assert_ne!(shown(&["Ann", "Bob"], 1, Life::Still), before);
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(line("Ann\n1. Bob"), "Ann 1. Bob");
        assert_eq!(line("\u{202e}nnA"), "nnA");
        assert_eq!(line(&"x".repeat(40)), format!("{}…", "x".repeat(27)));
        assert_eq!(line("👩‍👩‍👧 Família"), "👩‍👩‍👧 Família");
    }

    #[test]
    fn a_name_is_no_link_no_mention_and_no_command() {
        for (alias, shown) in [
            ("t.me/free_spins_bot", "t.\u{2060}me/\u{2060}free_spins_bot"),
            ("https://a.example", "https:\u{2060}/\u{2060}/\u{2060}a.\u{2060}example"),
            ("@victim", "@\u{2060}victim"),
            ("/start", "/\u{2060}start"),
            ("#win $USD", "#\u{2060}win $\u{2060}USD"),
        ] {
            assert_eq!(name(alias), shown);
        }
    }

    #[test]
    fn a_name_from_right_to_left_turns_itself_alone() {
        let running = view(Phase::Running, &["محمد", "a\u{2069}\u{202e}ב", "Ann"], None);
        let text = write(&running, Locale::En, at(3), Life::Over).text;
        let rows = "🥇 \u{2068}محمد\u{2069} · 9,999\n🥈 \u{2068}a  ב\u{2069} · 9,998\n🥉 Ann · 9,997";
        assert!(text.contains(rows), "{text:?}");
    }

    #[test]
    fn a_score_is_written_as_the_language_does() {
        assert_eq!(score(Locale::En, Score::new(-12_345).unwrap()), "−12,345");
        assert_eq!(score(Locale::It, Score::new(12_345).unwrap()), "12.345");
    }

    #[test]
    fn a_podium_has_three_rows() {
        let text = podium(&view(Phase::Finished, &["Ann", "Bob", "Cid", "Dan"], None), Locale::En, at(9));
        assert!(text.contains("🥉 Cid") && !text.contains("Dan"), "{text}");
    }
}
