//! Functions of databases that change data, read files, run other queries, or act on the server.
//!
//! Functions that only take time are not among them: a question's time limit ends them. The list can never be
//! complete: a function that somebody made in the database is not known here, and passes. The account's rights must
//! limit what it may do.

use super::sql_text::Dialect;

/// PostgreSQL (<https://www.postgresql.org/docs/current/functions-admin.html>, `…/lo-funcs.html`, `…/contrib.html`), in small
/// letters; a `*` stands for any ending.
const POSTGRES: &[&str] = &[
    "nextval",
    "setval",
    "set_config",
    "lo_creat*",
    "lo_export",
    "lo_from_bytea",
    "lo_import*",
    "lo_open",
    "lo_put",
    "lo_truncate*",
    "lo_unlink",
    "lowrite",
    "dblink*",
    "postgres_fdw_disconnect*",
    "query_to_xml*",
    "ts_stat",
    "ts_rewrite",
    "crosstab*",
    "connectby",
    "xpath_table",
    "pg_advisory_*",
    "pg_try_advisory_*",
    "pg_backup_*",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_cancel_backend",
    "pg_terminate_backend",
    "pg_create_*",
    "pg_copy_*",
    "pg_drop_*",
    "pg_sync_replication_slots",
    "pg_replication_*",
    "pg_logical_*",
    "pg_export_snapshot",
    "pg_extension_config_dump",
    "pg_file_*",
    "pg_logdir_ls",
    "pg_ls_*",
    "pg_read_file*",
    "pg_read_binary_file*",
    "pg_stat_file",
    "pg_import_system_collations",
    "pg_log_*",
    "pg_logfile_rotate",
    "pg_nextoid",
    "pg_notify",
    "pg_prewarm",
    "autoprewarm_*",
    "pg_promote",
    "pg_reload_conf",
    "pg_rotate_logfile*",
    "pg_stat_reset*",
    "pg_stat_statements_reset",
    "pg_stat_force_next_flush",
    "pg_set_*",
    "pg_restore_*",
    "pg_clear_*",
    "pg_switch_wal",
    "pg_switch_xlog",
    "pg_wal_replay_*",
    "pg_xlog_replay_*",
    "pg_truncate_*",
    "heap_force_*",
    "gin_clean_pending_list",
    "brin_summarize_*",
    "brin_desummarize_*",
    "binary_upgrade_*",
];

/// MySQL (<https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html>, `…/miscellaneous-functions.html`) and MariaDB, with
/// their plugins.
const MYSQL: &[&str] = &[
    "get_lock",
    "release_lock",
    "release_all_locks",
    "nextval",
    "setval",
    "load_file",
    "master_pos_wait",
    "master_gtid_wait",
    "source_pos_wait",
    "wait_for_executed_gtid_set",
    "wait_until_sql_thread_after_gtids",
    "sys_eval",
    "sys_exec",
    "sys_set",
    "service_get_*",
    "service_release_*",
    "keyring_*",
    "group_replication_*",
    "asynchronous_connection_failover_*",
    "version_tokens_*",
    "audit_log_*",
    "set_firewall_mode",
    "set_firewall_group_mode",
    "spider_*",
];

/// SQLite, with its extensions and its shell's functions (<https://www.sqlite.org/cli.html>).
const SQLITE: &[&str] = &["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "eval", "lsmode"];

/// Whether a function of this name does more than read; `has_value` says whether it is given anything.
pub(super) fn acts(name: &str, has_value: bool, dialect: Dialect) -> bool {
    // In quotes MySQL and SQLite do not look at the case either.
    let name = name.to_ascii_lowercase();
    let known = match dialect {
        Dialect::Postgres => POSTGRES,
        // With a value it sets what it answers from then on.
        Dialect::MySql if name == "last_insert_id" => return has_value,
        Dialect::MySql => MYSQL,
        Dialect::Sqlite => SQLITE,
    };
    known.iter().any(|known| known.strip_suffix('*').map_or(name == *known, |start| name.starts_with(start)))
}
