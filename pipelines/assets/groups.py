"""Groups of assets: the chapters of the story that the graph tells, numbered in its order."""

#: What came in, and what is printed in it.
DOCUMENTS = "1_documents"
#: What that means: statements, amounts, targets, bodies.
READINGS = "2_readings"
#: What holds of it, and the build that rests on it.
PROOF = "3_proof"
#: Published: money and targets, each once.
FACTS = "4_facts"
#: Published: facts joined and summed for comparison.
MARTS = "5_marts"
#: What is made of the published tables for people to look at.
REPORT = "6_report"
