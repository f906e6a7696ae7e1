// Labels counted as POST /v1/advice takes them: those of the person, taken as right, and the model's.

/** `{counts, by_machine}` of hairs as they stand (`Standing` in labels.js). */
export function countsOf(hairs) {
  const read = hairs.filter(({ by }) => by === "machine");
  const machines = read.map(({ machine }) => machine);
  const seen = machines.filter(({ reason }) => reason !== "root_not_seen");
  return {
    counts: byKind(hairs.filter(({ by }) => by === "person")),
    by_machine: {
      ...byKind(read),
      bare_end_only: machines.filter(showsBareEndOnly).length,
      shafts_px: seen.map(({ shaft_px }) => shaft_px),
    },
  };
}

function byKind(hairs) {
  const counts = { telogen: 0, misshapen: 0, no_bulb: 0, unsure: 0 };
  for (const { kind } of hairs) if (kind in counts) counts[kind] += 1;
  return counts;
}

/** As in model/share/posterior.py: one bare end in view, which may be the root or the tip. */
function showsBareEndOnly({ reason, ends }) {
  return reason === "root_not_seen" && ends.some(({ probabilities }) => probabilities && isBare(probabilities));
}

function isBare({ bare, club, misshapen, not_hair }) {
  return bare >= Math.max(club, misshapen, not_hair);
}
