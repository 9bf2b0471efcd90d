import Foundation

/// Lets system calls of this thread fail from now on: for the short life of a process of its own.
enum SystemFault {
    struct Unavailable: Error {}

    /// `fcntl` with `F_OFD_SETLK` answers with an error, by a filter of the kernel's.
    static func refuseLocks(with code: Int32) throws {
        #if arch(x86_64)
            let fcntlNumber: UInt32 = 72
        #else
            let fcntlNumber: UInt32 = 25
        #endif
        let setLock: UInt32 = 37
        // Load a word; jump unless equal; return. Offsets are those of `seccomp_data`.
        var program: [Instruction] = [
            Instruction(code: 0x20, jumpTrue: 0, jumpFalse: 0, value: 0),
            Instruction(code: 0x15, jumpTrue: 0, jumpFalse: 3, value: fcntlNumber),
            Instruction(code: 0x20, jumpTrue: 0, jumpFalse: 0, value: 24),
            Instruction(code: 0x15, jumpTrue: 0, jumpFalse: 1, value: setLock),
            Instruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, value: 0x0005_0000 | UInt32(code)),
            Instruction(code: 0x06, jumpTrue: 0, jumpFalse: 0, value: 0x7FFF_0000),
        ]
        typealias Control = @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
        guard let symbol = dlsym(nil, "prctl") else { throw Unavailable() }
        let control = unsafeBitCast(symbol, to: Control.self)
        let isInstalled = program.withUnsafeMutableBufferPointer { buffer in
            var filter = Program(length: UInt16(buffer.count), instructions: buffer.baseAddress)
            return withUnsafeMutablePointer(to: &filter) { pointer in
                // PR_SET_NO_NEW_PRIVS, then PR_SET_SECCOMP with SECCOMP_MODE_FILTER.
                control(38, 1, 0, 0, 0) == 0 && control(22, 2, CUnsignedLong(UInt(bitPattern: pointer)), 0, 0) == 0
            }
        }
        guard isInstalled else { throw Unavailable() }
    }

    private struct Instruction {
        var code: UInt16
        var jumpTrue: UInt8
        var jumpFalse: UInt8
        var value: UInt32
    }

    private struct Program {
        var length: UInt16
        var instructions: UnsafeMutablePointer<Instruction>?
    }
}
