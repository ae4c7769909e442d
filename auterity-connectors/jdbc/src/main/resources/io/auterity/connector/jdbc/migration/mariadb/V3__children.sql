-- Finds the children of a run that have not ended, so that the run is not forgotten before them.
create index ${prefix}run_of_parent on ${run} (parent, ended_at);
