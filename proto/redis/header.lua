#!lua name=workproof
-- The moves of a verification, atomically, in one Redis. Keys are computed from the arguments: the
-- library is for a single instance, not for a cluster. Time is Redis's own. A function checks
-- everything before it writes anything, because Redis does not undo.
-- VERSION rises with every change (VERSION.lock, made by generate.py, holds whoever forgets): a library
-- in Redis is replaced by a higher one only.
local VERSION = 2

local CLAIMS_MAX = 5             -- claims of PAID and RUNNING without progress
local CLAIMS_TOGETHER = 2        -- claimed so often without progress: from then on alone
local DOUBLINGS_MAX = 8          -- of a lease, elsewhere, one with each claim past CLAIMS_MAX
local ATTEMPTS_MAX = 3           -- runs of one verification
local RETENTION_MS = 86400000    -- private output and answers to the same payment, after the end
local SLOT_GRACE_MS = 5000       -- a VM may begin 2 s behind its slot; after so long it is gone
local WEEK_MS = 604800000        -- every lease, delay and budget is shorter
local EVENTS_KEPT = 100000
local ROW_VERSIONS_MAX = 8       -- of one nonce; the last one is kept for a no-op
local ROWS_OPEN_DEFAULT = 256    -- transactions of one lane that are not final
local OVERDUE_MS = 10000         -- due for so long and not claimed: nobody serves the queue
local REAP_BATCH = 200
