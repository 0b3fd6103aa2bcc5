//! Plain English in what the program prints: short sentences, and none of the words that only its makers understood.

use std::fs;

use clap::CommandFactory as _;
use hookgate::cli::Cli;
use hookgate::lint::catalogue;
use hookgate::telemetry::metrics;

/// Most words of a sentence.
const MOST_WORDS: usize = 40;

/// Words that a reader does not know in this sense, each with what to write in its place.
const PRIVATE: [(&str, &str); 15] = [
    ("holds of", "holds for"),
    ("hold of", "hold for"),
    ("of nobody", "never"),
    ("remark", "comment"),
    ("mended", "corrected"),
    ("spoilt", "damaged"),
    ("let in", "admitted"),
    ("turned away", "refused"),
    ("the door", "the server"),
    ("for want of", "because … is missing"),
    ("these letters", "this text"),
    ("stands twice", "appears twice"),
    ("is declared nowhere", "is not declared"),
    ("anew", "again"),
    ("is none.", "is not one."),
];

/// What is wrong with a text: each sentence that is too long, each private word.
fn wrong(text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = text.split(". ").flat_map(|part| part.split(": ")).flat_map(|part| part.split("; "));
    let long = sentences
        .filter(|sentence| sentence.split(' ').count() > MOST_WORDS)
        .map(|sentence| format!("more than {MOST_WORDS} words: {sentence}"));
    let lower = text.to_lowercase();
    let has = |word: &str| {
        lower.match_indices(word).any(|(at, _)| !lower[..at].ends_with(|letter: char| letter.is_alphanumeric()))
    };
    let private =
        PRIVATE.iter().filter(|(word, _)| has(word)).map(|(word, plain)| format!("`{word}`, write `{plain}`: {text}"));
    long.chain(private).collect()
}

/// The paragraphs of a text in Markdown, without its examples.
fn prose(markdown: &str) -> Vec<&str> {
    markdown.split("```").step_by(2).map(|part| part.strip_prefix("yaml").unwrap_or(part)).collect()
}

fn helps(command: &clap::Command, texts: &mut Vec<String>) {
    texts.extend(command.get_about().map(ToString::to_string));
    texts.extend(command.get_arguments().filter_map(|argument| argument.get_help().map(ToString::to_string)));
    command.get_subcommands().for_each(|inner| helps(inner, texts));
}

/// Messages, labels and help of the expected outputs; not the source lines between them.
fn messages() -> Vec<String> {
    let files = fs::read_dir("tests/check").unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|end| end == "txt"));
    let is_message =
        |line: &&str| line.starts_with("error") || line.starts_with("warning") || line.contains("= help: ");
    texts
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines().filter(is_message).map(ToOwned::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn all_plain(texts: &[String]) {
    assert!(texts.len() > 20, "only {} texts were found", texts.len());
    let wrong: Vec<String> = texts.iter().flat_map(|text| wrong(text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_plain_is_found() {
    assert_eq!(wrong("rows 1 and 2 can hold of one user").len(), 1);
    assert_eq!(wrong("the remark is mended").len(), 2);
    assert_eq!(wrong(&"word ".repeat(MOST_WORDS + 1)).len(), 1);
    assert_eq!(wrong(&"word ".repeat(MOST_WORDS)).len(), 0);
    assert_eq!(wrong("recommend janew").len(), 0);
}

#[test]
fn the_catalogue_of_codes_is_plain() {
    let texts = |code: &hookgate::diagnostic::Code| {
        let mut texts = vec![code.title.to_owned()];
        texts.extend(prose(code.text).into_iter().map(ToOwned::to_owned));
        texts
    };
    all_plain(&catalogue::all().flat_map(texts).collect::<Vec<_>>());
}

#[test]
fn messages_of_check_are_plain() {
    all_plain(&messages());
}

#[test]
fn the_help_of_commands_is_plain() {
    let mut texts = Vec::new();
    helps(&Cli::command(), &mut texts);
    all_plain(&texts);
}

#[test]
fn the_sentences_of_metrics_are_plain() {
    all_plain(&metrics::ALL.iter().map(|metric| metric.help.to_owned()).collect::<Vec<_>>());
}
