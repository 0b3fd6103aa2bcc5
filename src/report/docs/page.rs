//! The model of a page, between what it says and how it is written: headings, sentences, lists, tables.

/// A page.
#[derive(Debug, Default)]
pub struct Page {
    pub title: String,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub enum Block {
    /// A heading of this level (the title is 1), and the name by which links find it.
    Heading(u8, Line, Option<String>),
    Paragraph(Line),
    List(Vec<Item>),
    Numbered(Vec<Item>),
    /// Text as it stands, line by line.
    Code(String),
    Table(Table),
}

/// A point of a list.
#[derive(Debug, Default)]
pub struct Item {
    pub line: Line,
    /// A script that belongs to it.
    pub code: Option<String>,
    pub inner: Vec<Item>,
}

/// A table. The first cell of each row names the row.
#[derive(Debug)]
pub struct Table {
    pub head: Vec<Line>,
    pub rows: Vec<Vec<Line>>,
}

/// Words in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Inline>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Code(String),
    Strong(String),
    /// Words that lead to the heading of this name.
    Link(String, String),
}

impl Line {
    /// A line that begins with these words.
    pub fn of(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Inline::Text(text.into()));
        self
    }

    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.0.push(Inline::Code(code.into()));
        self
    }

    #[must_use]
    pub fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Inline::Strong(text.into()));
        self
    }

    #[must_use]
    pub fn link(mut self, text: impl Into<String>, to: impl Into<String>) -> Self {
        self.0.push(Inline::Link(text.into(), to.into()));
        self
    }

    #[must_use]
    pub fn line(mut self, other: Line) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Lines with words between them: `a, b and c`.
    pub fn listed(lines: impl IntoIterator<Item = Line>, last: &str) -> Self {
        let mut lines: Vec<Line> = lines.into_iter().collect();
        let end = lines.pop();
        let mut all = Line::default();
        for (n, line) in lines.into_iter().enumerate() {
            all = if n > 0 { all.text(", ") } else { all }.line(line);
        }
        match end {
            Some(end) if all.0.is_empty() => end,
            Some(end) => all.text(last).line(end),
            None => all,
        }
    }

    /// Lines with the same words between all of them.
    pub fn joined(lines: impl IntoIterator<Item = Line>, between: &str) -> Self {
        let join = |all: Line, line: Line| if all.0.is_empty() { line } else { all.text(between).line(line) };
        lines.into_iter().fold(Line::default(), join)
    }
}

impl From<Line> for Item {
    fn from(line: Line) -> Self {
        Self { line, ..Self::default() }
    }
}

impl Page {
    /// A part of the page, which its contents lead to.
    pub fn section(&mut self, title: &str) {
        let name: String = title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        self.blocks.push(Block::Heading(2, Line::of(title), Some(name)));
    }

    pub fn heading(&mut self, level: u8, text: impl Into<String>) {
        self.blocks.push(Block::Heading(level, Line::of(text), None));
    }

    pub fn paragraph(&mut self, line: Line) {
        self.blocks.push(Block::Paragraph(line));
    }

    /// A list; nothing where there is nothing to list.
    pub fn list(&mut self, items: Vec<Item>) {
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
    }
}
