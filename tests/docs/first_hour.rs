//! A newcomer's first hour: every command of the README and of docs/start.md is run, in the order and as it stands there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::blocks::{Block, blocks, page};
use super::calls::call;
use crate::support::client::post_with;
use crate::support::program::{Program, Served, root};
use crate::support::wait::until;

/// Somebody who does what a page says, in a copy of the folder that the page is written for.
struct Reader {
    folder: PathBuf,
    served: Option<Served>,
    /// What each command printed.
    printed: BTreeMap<String, String>,
    /// Commands of other programs, which no test can have.
    left_out: Vec<String>,
    /// What the page says to misspell before a command that ends with 1, and in which file.
    misspelt: Option<(PathBuf, &'static str, &'static str)>,
}

impl Reader {
    fn new(folder: &Path) -> Self {
        for name in ["rules", "examples"] {
            copy(&root().join(name), &folder.join(name));
        }
        fs::copy(root().join("gateway.yaml"), folder.join("gateway.yaml")).unwrap();
        Self { folder: folder.to_owned(), served: None, printed: BTreeMap::new(), left_out: Vec::new(), misspelt: None }
    }

    /// Does all that a page says, block by block.
    fn read(&mut self, name: &str) {
        let text = page(name);
        let blocks = blocks(&text);
        for (n, block) in blocks.iter().enumerate() {
            let at = format!("{name}:{}", block.line);
            match block.language {
                "sh" => lines(block).iter().for_each(|line| self.run(line, blocks.get(n + 1), &at)),
                "yaml" if block.text.starts_with("# rules/") => self.save(block),
                "yaml" | "json" => {}
                other => panic!("{at}: nobody knows what to do with a block of `{other}`"),
            }
        }
    }

    fn save(&mut self, block: &Block<'_>) {
        let name = block.text.lines().next().unwrap().trim_start_matches("# ");
        fs::write(self.folder.join(name), &block.text).unwrap();
        let served = self.served.as_ref().expect("it is running when the rule is written");
        until("the rule is live", || served.logged("rules loaded").is_some());
    }

    fn run(&mut self, line: &str, next: Option<&Block<'_>>, at: &str) {
        let (command, remark) = line.split_once(" # ").unwrap_or((line, ""));
        let command = command.trim().replace("cargo run --release --", "hookgate");
        let code = remark.trim().strip_prefix("ends with ").map_or(0, |code| code.parse().unwrap());
        if ["cargo ", "docker ", "export PATH="].iter().any(|start| command.starts_with(start)) {
            self.left_out.push(command);
        } else if let Some(folder) = command.strip_prefix("cd ") {
            self.folder.push(folder);
            assert!(self.folder.is_dir(), "{at}: there is no {folder}");
        } else if let Some(words) = command.strip_prefix("hookgate serve") {
            let program = self.settings(Program::new(["serve"].into_iter().chain(words.split_whitespace())));
            self.served = Some(program.env("HOOKGATE_LISTEN", "127.0.0.1:0").serve());
        } else if command.starts_with("curl ") {
            let (path, headers, body) = call(&command);
            let answer = post_with(self.served.as_ref().unwrap().address, &path, &headers, &body);
            let written = next.filter(|block| block.language == "json").map(|block| block.text.trim_end());
            assert_eq!((answer.status, Some(&*answer.body)), (200, written), "{at}");
        } else {
            let misspelt = self.misspelt.clone().filter(|_| code == 1);
            misspelt.iter().for_each(|(file, right, wrong)| replace(file, right, wrong));
            let printed = self.program(&command).run().expect(code);
            misspelt.iter().for_each(|(file, right, wrong)| replace(file, wrong, right));
            self.printed.insert(command, printed);
        }
    }

    /// A line of the shell; the gateway has the port that was free, in place of the page's.
    fn program(&self, command: &str) -> Program {
        let address = self.served.as_ref().map(|served| served.address.to_string());
        let command = address.map_or_else(|| command.to_owned(), |address| command.replace("127.0.0.1:8080", &address));
        self.settings(Program::shell(&command))
    }

    /// With the journal and the state that the settings of the folder have.
    fn settings(&self, program: Program) -> Program {
        program.within(&self.folder).env("HOOKGATE_JOURNAL_FILE", "").env("HOOKGATE_RELOAD_STATE", "")
    }

    /// Holds what the page says of a command to what it printed.
    fn said(&self, name: &str, command: &str, says: &str) {
        let (page, printed) = (page(name), self.printed.get(command));
        assert!(page.contains(says), "{name} does not say `{says}` any more");
        let printed = printed.unwrap_or_else(|| panic!("{name} has no `{command}`: {:?}", self.printed.keys()));
        assert!(printed.contains(says), "{name}: `{command}` does not print `{says}`:\n{printed}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(path, copied).unwrap();
        }
    }
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} has no {from}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// The commands of a block, one that goes on in the next line as a whole.
fn lines(block: &Block<'_>) -> Vec<String> {
    let whole = Regex::new(r"\\\n\s*").unwrap().replace_all(&block.text, "").into_owned();
    whole.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = Reader::new(folder.path());
    reader.read("README.md");
    let left_out = [
        "cargo test",
        "docker build -t hookgate . && docker run --rm -p 127.0.0.1:8080:8080 -v hookgate:/data -e HOOKGATE_INSECURE=true hookgate",
    ];
    assert_eq!(reader.left_out, left_out);
    let why = "hookgate dry-run validateUser --set user.userType=Vendor --explain";
    assert_eq!(reader.printed.keys().collect::<Vec<_>>(), ["hookgate check", why, "hookgate test"]);
    reader.said("README.md", why, "vendors-name-their-company");
    // What it says of a misspelt word while the gateway runs.
    let rule = folder.path().join("rules/vendors.yaml");
    replace(&rule, "user.userType", "user.userTpye");
    let served = reader.served.take().unwrap();
    until("the mistake is told", || served.log().contains("did you mean `user.userType`"));
    assert!(served.log().contains("the rules before them stay"), "{}", served.log());
}

#[test]
fn the_commands_of_the_start_page_do_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = Reader::new(folder.path());
    let rule = folder.path().join("my-company/rules/vendors.yaml");
    reader.misspelt = Some((rule, "user.userType", "user.userTpye"));
    reader.read("docs/start.md");
    assert_eq!(reader.left_out, ["cargo build --release", "export PATH=\"$PWD/target/release:$PATH\""]);
    let to = "--to http://127.0.0.1:8080/webhook";
    let (vendor, mobile) = ("--set user.userType=Vendor", "--set user.login=new.hire --set user.mobile=9820012345");
    reader.said("docs/start.md", &format!("hookgate send validateUser {to} {mobile}"), "MobileAlreadyExist");
    reader.said("docs/start.md", &format!("hookgate send validateUser {to} {vendor}"), "PartnerRequired");
    reader.said("docs/start.md", "hookgate test rules/vendors.yaml", "2 passed");
    reader.said("docs/start.md", "hookgate test", "0 failed");
    reader.said("docs/start.md", "hookgate check", "user.userTpye");
    let samples = reader.printed.iter().find(|(command, _)| command.starts_with("for hook in ")).unwrap().1;
    assert_eq!(samples.matches("status 200 ").count(), 12, "{samples}");
    // Twelve samples, and the two calls after them.
    assert!(reader.printed["hookgate decisions"].contains("14 decisions"), "{}", reader.printed["hookgate decisions"]);
    assert!(reader.served.unwrap().stop().0 == Some(0));
}
