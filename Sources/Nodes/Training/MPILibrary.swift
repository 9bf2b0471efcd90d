import CMPI
import Foundation
import Kernels
import Training

/// OpenMPI, opened where a run asks for it, so that nothing else needs it.
struct MPILibrary: @unchecked Sendable {
    let initialize: mpi_init_thread
    let finalize: mpi_finalize
    let size, rank: mpi_comm_size
    let send: mpi_send
    let receive: mpi_recv
    let broadcast: mpi_bcast
    let world: mpi_communicator
    let byte: mpi_datatype

    /// nil where it is not installed, or is another MPI, whose handles are of another kind.
    init?() {
        // Its parts look for it among what all may see.
        guard let library = dlopen("libmpi.so.40", RTLD_NOW | RTLD_GLOBAL) else { return nil }
        func symbol<Function>(_ name: String, _ type: Function.Type) -> Function? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let initialize = symbol("MPI_Init_thread", mpi_init_thread.self),
            let finalize = symbol("MPI_Finalize", mpi_finalize.self),
            let size = symbol("MPI_Comm_size", mpi_comm_size.self),
            let rank = symbol("MPI_Comm_rank", mpi_comm_size.self), let send = symbol("MPI_Send", mpi_send.self),
            let receive = symbol("MPI_Recv", mpi_recv.self), let broadcast = symbol("MPI_Bcast", mpi_bcast.self),
            let world = dlsym(library, "ompi_mpi_comm_world"), let byte = dlsym(library, "ompi_mpi_byte")
        else { return nil }
        (self.initialize, self.finalize) = (initialize, finalize)
        (self.size, self.rank) = (size, rank)
        (self.send, self.receive, self.broadcast) = (send, receive, broadcast)
        (self.world, self.byte) = (mpi_communicator(world), mpi_datatype(byte))
    }
}

/// The processes that mpirun or srun started. Where one is lost OpenMPI ends the others.
public final class MPITeam: TrainingTeam {
    public let rank: Int
    public let size: Int
    private let library: MPILibrary
    /// A message is counted by an Int32.
    private static let most = 1 << 30

    /// - Throws: `MPIError`
    public init() throws {
        guard let library = MPILibrary() else { throw MPIError.notInstalled }
        var (provided, size, rank): (Int32, Int32, Int32) = (0, 0, 0)
        // One thread at a time calls it, though not always the same.
        guard library.initialize(nil, nil, Int32(MPI_THREAD_SERIALIZED), &provided) == 0,
            provided >= Int32(MPI_THREAD_SERIALIZED), library.size(library.world, &size) == 0,
            library.rank(library.world, &rank) == 0
        else { throw MPIError.notStarted }
        (self.library, self.size, self.rank) = (library, Int(size), Int(rank))
    }

    public func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) {
        for part in Self.parts(of: bytes.count) {
            let start = bytes.baseAddress.map { $0 + part.lowerBound }
            check(library.send(start, Int32(part.count), library.byte, Int32(rank), 0, library.world))
        }
    }

    public func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
        for part in Self.parts(of: bytes.count) {
            let start = bytes.baseAddress.map { $0 + part.lowerBound }
            check(library.receive(start, Int32(part.count), library.byte, Int32(rank), 0, library.world, nil))
        }
    }

    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
        for part in Self.parts(of: bytes.count) {
            let start = bytes.baseAddress.map { $0 + part.lowerBound }
            check(library.broadcast(start, Int32(part.count), library.byte, Int32(rank), library.world))
        }
    }

    /// The last call of every process; one that ends without it ends all.
    public func leave() { _ = library.finalize() }

    private static func parts(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: most).map { $0..<min(count, $0 + most) }
    }

    /// OpenMPI ends the process itself before it returns another status.
    private func check(_ status: Int32) { require(status == 0, "MPI gave \(status)") }
}

/// Why no training can be shared.
public enum MPIError: Error, Hashable, Sendable, CustomStringConvertible {
    case notInstalled
    case notStarted
    case otherBits(own: String, first: String)

    public var description: String {
        switch self {
        case .notInstalled:
            "--mpi needs OpenMPI (libmpi.so.40; Debian: openmpi-bin libopenmpi3), which is not installed here"
        case .notStarted: "OpenMPI does not start: run it by mpirun or srun"
        case .otherBits(let own, let first):
            "this machine computes with `\(own)`, and the first of the processes with `\(first)`: gradients would not have the "
                + "same bits"
        }
    }
}
