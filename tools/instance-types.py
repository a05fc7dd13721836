#!/usr/bin/env python3
"""Writes config/data/instance-types.json: memory, processors and architecture of EC2's instance types.

usage: tools/instance-types.py            (needs the packages moto and botocore)

The figures are those of AWS's DescribeInstanceTypes as moto publishes them (instance_types.json.gz), and the regions
those of botocore's endpoints. The file names both versions.
"""

import gzip
import importlib.metadata
import json
import re
from datetime import date
from pathlib import Path

import botocore
import moto

TARGET = Path(__file__).resolve().parent.parent / "config" / "data" / "instance-types.json"
ARCHITECTURES = {"arm64": "arm64", "x86_64": "amd64"}


def instance_types() -> dict[str, list]:
    packed = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    with gzip.open(packed) as file:
        described = json.load(file)
    types = {}
    for name, facts in described.items():
        # An engine on a Mac or on bare metal is another job.
        if facts.get("BareMetal") or name.startswith("mac"):
            continue
        supported = facts["ProcessorInfo"]["SupportedArchitectures"]
        architecture = next((ARCHITECTURES[one] for one in supported if one in ARCHITECTURES), None)
        if architecture:
            types[name] = [facts["MemoryInfo"]["SizeInMiB"], facts["VCpuInfo"]["DefaultVCpus"], architecture]
    return dict(sorted(types.items()))


def regions() -> list[str]:
    endpoints = json.loads((Path(botocore.__file__).parent / "data" / "endpoints.json").read_text())
    return sorted(region for partition in endpoints["partitions"] if partition["partition"] == "aws"
                  for region in partition["regions"])


def main() -> None:
    versions = {name: importlib.metadata.version(name) for name in ("moto", "botocore")}
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(facts)}" for name, facts in instance_types().items())
    head = json.dumps({
        "source": "AWS DescribeInstanceTypes and regions, as published in "
                  + " and ".join(f"{name} {version}" for name, version in versions.items()),
        "date": date.today().isoformat(),
        "columns": ["memory (MiB)", "processors", "architecture"],
        "regions": regions(),
    }, indent=2)
    TARGET.write_text(re.sub(r"\n}$", "", head) + ',\n  "types": {\n' + rows + "\n  }\n}\n")


main()
