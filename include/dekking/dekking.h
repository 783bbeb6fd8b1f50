/* dekking.h - the whole public interface. Each header stands for one concept and can be included alone. */
#ifndef DEKKING_H
#define DEKKING_H

#include <dekking/aggregate.h>
#include <dekking/allocate.h>
#include <dekking/api.h>
#include <dekking/append.h>
#include <dekking/bands.h>
#include <dekking/breakdown.h>
#include <dekking/column.h>
#include <dekking/context.h>
#include <dekking/contribution.h>
#include <dekking/csv.h>
#include <dekking/dictionary.h>
#include <dekking/error.h>
#include <dekking/expr.h>
#include <dekking/fingerprint.h>
#include <dekking/function.h>
#include <dekking/hierarchy.h>
#include <dekking/join.h>
#include <dekking/levels.h>
#include <dekking/lineage.h>
#include <dekking/members.h>
#include <dekking/pivot.h>
#include <dekking/published.h>
#include <dekking/recode.h>
#include <dekking/sample.h>
#include <dekking/scenario.h>
#include <dekking/set.h>
#include <dekking/snapshot.h>
#include <dekking/sort.h>
#include <dekking/sweep.h>
#include <dekking/table.h>
#include <dekking/tighten.h>
#include <dekking/top.h>
#include <dekking/value.h>
#include <dekking/window.h>
#include <dekking/write.h>
#include <dekking/xlsx.h>

#endif
