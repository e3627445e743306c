"""Work that goes on beside other work: delays, threads, tasks in the background."""
