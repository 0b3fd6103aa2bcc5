//! The limits of a script, tested with a corpus of hostile scripts (tests/scripts.rs).

/// Longest text of a script, in bytes.
pub const SCRIPT_LIMIT_BYTES: usize = 64 << 10;
/// What one run may take. Both are settings (`limits.script_ms`, `limits.script_operations`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptBudget {
    /// Longest run, in milliseconds.
    pub milliseconds: u64,
    /// Most operations.
    pub operations: u64,
}

impl Default for ScriptBudget {
    fn default() -> Self {
        Self { milliseconds: SCRIPT_LIMIT_MILLISECONDS, operations: SCRIPT_LIMIT_OPERATIONS }
    }
}

/// Most operations of a run: deeper nesting than 64 MiB of stack can carry is out of reach below it.
pub const SCRIPT_LIMIT_OPERATIONS: u64 = 50_000;
/// Longest text a script may hold, in bytes; counts all texts of one value together.
pub const SCRIPT_LIMIT_TEXT_BYTES: usize = 16 << 10;
/// Most elements of one list, or fields of one object, those inside of it included.
pub const SCRIPT_LIMIT_ELEMENTS: usize = 1_000;
/// Deepest calls of functions in functions.
pub const SCRIPT_LIMIT_CALL_LEVELS: usize = 24;
/// Deepest nesting of expressions and blocks.
pub const SCRIPT_LIMIT_EXPRESSION_LEVELS: usize = 64;
/// Deepest nesting of expressions and blocks in a function.
pub const SCRIPT_LIMIT_FUNCTION_EXPRESSION_LEVELS: usize = 32;
/// Most variables at one time.
pub const SCRIPT_LIMIT_VARIABLES: usize = 256;
/// Most functions, closures included, of one script or of all `*.rhai` files.
pub const SCRIPT_LIMIT_FUNCTIONS: usize = 1_000;
/// Deepest nesting of a value that goes into or comes out of a script.
pub const SCRIPT_LIMIT_VALUE_LEVELS: usize = 64;
/// Most verbs that one run may call.
pub const SCRIPT_LIMIT_VERBS: usize = 1_000;
/// Longest run unless a setting says otherwise, in milliseconds.
pub const SCRIPT_LIMIT_MILLISECONDS: u64 = 50;
/// What a setting may say at most, in milliseconds: a run holds up the others of its thread.
pub const SCRIPT_LIMIT_MILLISECONDS_MOST: u64 = 1_000;
/// Operations below which a run is not ended by that limit but by the next: so few take microseconds, so that it is
/// the machine that is late.
pub const SCRIPT_FEW_OPERATIONS: u64 = 1_000;
/// Longest run of few operations, in milliseconds: some operations can be slow.
pub const SCRIPT_LIMIT_SLOW_MILLISECONDS: u64 = 200;
/// Stack that a run or a compilation gets, in bytes: address space, touched only as far as it is used.
pub(super) const STACK_BYTES: usize = 64 << 20;
/// Longest chain of steps or operators in one expression: a tree this deep is walked and dropped by recursion.
pub(super) const SCRIPT_LIMIT_CHAIN_LEVELS: usize = 500;
