//! The index of SQLite's log (`-shm`), which SQLite maps into memory: gives it disk blocks before SQLite writes.
//!
//! SQLite lengthens the file by one byte each 4096 bytes. Where blocks are smaller, as on ext4 below 512 MiB, the
//! others are holes, and if the disk is full when the first of them is written, the process is killed (SIGBUS).
//! SQLite also empties the file whenever nobody else has it open, so it cannot be prepared beforehand: it is held
//! open here, by the lock that tells SQLite so. (`unixLockSharedMemory` and `unixShmMap` in SQLite's `os_unix.c`.)

use std::fs::File;
use std::io;
use std::path::Path;

/// The file, held open for as long as SQLite has it.
#[derive(Debug)]
pub struct WalIndex {
    _file: File,
}

impl WalIndex {
    /// Reserves the index of a database that is opened next; nothing where blocks are large enough, or on a system that has no
    /// such locks.
    ///
    /// # Errors
    /// When the disk has no room for it. What else is wrong is told by SQLite.
    pub fn reserve(database: &Path) -> io::Result<Option<Self>> {
        #[cfg(target_os = "linux")]
        match linux::reserve(database) {
            Ok(file) => return Ok(file.map(|file| Self { _file: file })),
            Err(error) if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                return Err(error);
            }
            Err(_) => {}
        }
        let _ = database;
        Ok(None)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};

    use nix::fcntl::{FallocateFlags, FcntlArg, fallocate, fcntl};
    use nix::libc;
    use nix::sys::statvfs::fstatvfs;

    /// SQLite allocates so much by each byte it writes.
    const STEP_BYTES: u64 = 4_096;
    /// It maps so much at once, which knows 4096 pages of the log.
    const REGION_BYTES: u64 = 32 << 10;
    /// Of each MiB of log so much stands in the index, with pages of 4 KiB.
    const PER_MIB_BYTES: u64 = 2 << 10;
    /// Most that is reserved, for a log of 512 MiB.
    const RESERVE_LIMIT_BYTES: u64 = 1 << 20;
    /// The byte whose lock says that somebody has the file open (`UNIX_SHM_DMS`).
    const IN_USE_BYTE: libc::off_t = 128;

    /// The file, held open and with a place on the disk for all of it.
    pub fn reserve(database: &Path) -> io::Result<Option<File>> {
        let mut path = database.as_os_str().to_owned();
        path.push("-shm");
        let path = PathBuf::from(path);
        let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
        let disk = fstatvfs(File::open(folder.unwrap_or(Path::new(".")))?)?;
        let block_bytes = disk.fragment_size();
        if block_bytes >= STEP_BYTES {
            return Ok(None);
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        if lock(&file, libc::F_WRLCK).is_ok() {
            // Nobody has it open: what stands there is what a crash has left, and SQLite would empty it as well.
            file.set_len(0)?;
        }
        lock(&file, libc::F_RDLCK)?;
        let disk_mib = (disk.blocks() * block_bytes) >> 20;
        let wanted = (disk_mib * PER_MIB_BYTES).next_multiple_of(REGION_BYTES).clamp(REGION_BYTES, RESERVE_LIMIT_BYTES);
        let length = libc::off_t::try_from(wanted.max(file.metadata()?.len())).unwrap_or(libc::off_t::MAX);
        // What is there already stays as it is; holes become zeros with a place on the disk.
        match fallocate(&file, FallocateFlags::empty(), 0, length) {
            // A file system that cannot reserve: nothing more can be done.
            Err(nix::Error::EOPNOTSUPP) | Ok(()) => Ok(Some(file)),
            Err(error) => Err(error.into()),
        }
    }

    /// Locks the byte for this opening of the file, not for the process: SQLite, which asks for the process, then sees it held.
    fn lock(file: &File, kind: libc::c_int) -> io::Result<()> {
        let wanted = libc::flock {
            l_type: libc::c_short::try_from(kind).unwrap_or_default(),
            l_whence: libc::c_short::try_from(libc::SEEK_SET).unwrap_or_default(),
            l_start: IN_USE_BYTE,
            l_len: 1,
            l_pid: 0,
        };
        fcntl(file, FcntlArg::F_OFD_SETLK(&wanted))?;
        Ok(())
    }
}
