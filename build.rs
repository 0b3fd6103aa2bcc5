//! What is found out when hookgate is built.

#[path = "build/commit.rs"]
mod commit;
#[path = "build/examples.rs"]
mod examples;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    commit::tell();
    examples::write()
}
