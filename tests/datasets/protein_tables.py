"""Small tables with the columns that search programs write, and a slow reader of them to compare with."""

import csv
import io
import math

MAXQUANT = """\
Protein IDs|Majority protein IDs|Peptide counts (all)|Protein names|Gene names|Fasta headers|Number of proteins|\
Peptides|Peptides A1|Peptides B1|Unique peptides A1|Sequence coverage [%]|Mol. weight [kDa]|Q-value|Score|Intensity|\
Intensity A1|Intensity B1|iBAQ peptides|iBAQ|iBAQ A1|iBAQ B1|LFQ intensity A1|LFQ intensity B1|MS/MS count A1|\
MS/MS count B1|MS/MS count|\
Only identified by site|Reverse|Potential contaminant|id
P1;P2;P3|P1;P2|5;5;1|Albumin|ALB|>P1 "serum"|3|5|4|5|4|41.1|69.3|0|323.3|300|100|200|30|9|3|6|110.5|190|7|9|16||||0
P4|P4|2||TP53||1|2|2|0|2|8.2|43.6|0.001|11.9|50|50|0|12|4|4|0|0|0|1|0|1||||1
P5|P5|3||ALB||1|3|3|3|3|10|50|0|20|70|30|40|10|7|3|4|33|44|2|2|4||||2
P6|P6|1||||1|1|1|1|1|5|50|0|10|7|3|4|10|7|3|4|3.5|0|2|2|4||||3
REV__P7|REV__P7|1||||1|1|1|1|1|2|60|1|1|9|4|5|10|3|1|2|5|6|1|1|2||+||4
CON__P8;P9|CON__P8|6||KRT1||2|6|6|6|6|30|66|0|99|900|400|500|20|45|20|25|410|480|9|9|18|||+|5
P10|P10|1||GENE10||1|1|1|1|1|1|90|0|1|8|3|5|10|3|1|2|3|4|1|1|2|+|||6
"""

DIANN = """\
Protein.Group|Protein.Ids|Protein.Names|Genes|First.Protein.Description|D:\\data\\2024\\A1.raw|/data/B1.raw.dia
P1;P2|P1;P2|ALBU_HUMAN|ALB|Albumin|110.5|190
P4|P4|P53_HUMAN|TP53|||22.25
Cont_P8|Cont_P8|K1C1|KRT1|Keratin|7|8
P6|P6|||||
"""

DIANN_2 = """\
Protein.Group|Protein.Names|Genes|First.Protein.Description|N.Sequences|N.Proteotypic.Sequences|/x/A1.mzML|/x/B1.d
P1;P2|ALBU_HUMAN|ALB|Albumin|12|11|110.5|190
P4|P53_HUMAN|TP53||3|3||22.25
"""

FRAGPIPE = """\
Protein|Protein ID|Entry Name|Gene|Protein Length|Organism|Protein Existence|Description|Protein Probability|\
Top Peptide Probability|Combined Total Peptides|Combined Spectral Count|A_1 Spectral Count|A_1 Unique Spectral Count|\
B_1 Spectral Count|A_1 Intensity|B_1 Intensity|A_1 MaxLFQ Intensity|B_1 MaxLFQ Intensity|Indistinguishable Proteins
sp!P1!ALBU_HUMAN|P1|ALBU_HUMAN|ALB|609|Homo sapiens|1:Evidence|Albumin|1|0.999|5|9|5|5|4|100|200|110.5|190|
sp!P4!P53_HUMAN|P4|P53_HUMAN|TP53|393|Homo sapiens|1:Evidence|p53|0.99|0.99|2|2|1|1|1|50|0|0|44|
contam_sp!P8!K1C1|P8|K1C1|KRT1|644|Homo sapiens|1:Evidence|Keratin|1|1|3|3|2|2|1|7|8|9|10|
rev_sp!P9!X_HUMAN|P9|X_HUMAN|X|99|Homo sapiens|1:Evidence|Reversed|1|1|3|3|2|2|1|7|8|9|10|
"""

SPECTRONAUT = """\
PG.ProteinGroups|PG.Genes|PG.ProteinDescriptions|PG.UniProtIds|[1] A1.raw.PG.IsSingleHit|[2] B1.raw.PG.IsSingleHit|\
[1] A1.raw.PG.Quantity|[2] B1.raw.PG.Quantity|[1] A1.raw.PG.IBAQ|[2] B1.raw.PG.IBAQ
P1;P2|ALB|Albumin|P1;P2|False|False|110.5|190|11|19
P4|TP53|p53|P4|Filtered|True|Filtered|44.5|Filtered|4
CON__P8|KRT1|Keratin|CON__P8|False|False|7|8|0.7|0.8
"""

SPECTRONAUT_LONG = """\
R.Condition|R.FileName|PG.ProteinGroups|PG.Genes|PG.Quantity|EG.PrecursorId
x|A1.raw|P1;P2|ALB|110.5|_AAK_.2
x|A1.raw|P1;P2|ALB|110.5|_LLR_.2
y|B1.raw|P1;P2|ALB|190|_AAK_.2
y|B1.raw|P4|TP53|44.5|_PPK_.3
"""

PERSEUS = """\
LFQ intensity A1|LFQ intensity B1|Reverse|Potential contaminant|Score|Majority protein IDs|Gene names
#!{Description}LFQ|LFQ||||the ids|
#!{Type}E|E|C|C|N|T|T
#!{C:Grouping}control|treated|||||
#!{N:Dose}0|2.5|||||
26.5|-1.25|||99|P1;P2|ALB
NaN|24|||12|P4|TP53
21|22|+||1|REV__P7|
23|24||+|1|CON__P8|KRT1
0|20|||5|P6|
"""

MATRIX = """\
Protein|Gene name|A1|B1
P1;P2|ALB|110.5|190
P4|TP53||44.5
P6||0|3
"""


def write(folder, text, name, sep="\t"):
    """Write a table, its bars as tabs, and the exclamation marks in its identifiers as bars."""
    path = folder / name
    body = text.replace("|", sep) if name == "perseus.txt" else text.replace("|", sep).replace("!", "|")
    path.write_bytes(body.encode())
    return path


def with_semicolons(body):
    """Part the cells of a table by semicolons, as spreadsheets do in many countries."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows(csv.reader(body.decode().splitlines(), delimiter="\t"))
    return file.getvalue().encode()


def slowly_read(path, identifier, samples, left_out=(), zero_is_missing=True, sep="\t"):
    """Read {sample: {identifier: value}}, cell by cell."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter=sep) if not row[0].startswith("#!")]
    header, *body = rows
    found = {}
    for sample, heading in samples.items():
        for row in body:
            cell = row[header.index(heading)]
            value = math.nan if cell in ("", "NaN", "Filtered") else float(cell)
            value = math.nan if zero_is_missing and value == 0 else value
            found.setdefault(row[header.index(identifier)], {})[sample] = value
    return {key: values for key, values in found.items() if key not in left_out}
