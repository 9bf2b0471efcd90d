#ifndef CMPI_DECLARATIONS_H
#define CMPI_DECLARATIONS_H

// What is called of OpenMPI, so that it need not be there when this program is compiled, nor is it loaded by runs that do not
// ask for it: it is opened with `--mpi` (MPILibrary.swift). Shapes are those of its mpi.h since 2.0, libmpi.so.40: handles are
// addresses, those of the library's own being symbols, and a status may be left out.

typedef struct ompi_communicator_t *mpi_communicator;
typedef struct ompi_datatype_t *mpi_datatype;
struct mpi_status;

typedef int (*mpi_init_thread)(int *argc, char ***argv, int required, int *provided);
typedef int (*mpi_finalize)(void);
typedef int (*mpi_comm_size)(mpi_communicator, int *number);
typedef int (*mpi_send)(const void *bytes, int count, mpi_datatype, int rank, int tag, mpi_communicator);
typedef int (*mpi_recv)(void *bytes, int count, mpi_datatype, int rank, int tag, mpi_communicator, struct mpi_status *);
typedef int (*mpi_bcast)(void *bytes, int count, mpi_datatype, int root, mpi_communicator);

enum { MPI_THREAD_SERIALIZED = 2 };

#endif
